package io.relata.examples.cora;

import io.relata.Relata;
import io.relata.Tensor;
import io.relata.data.EdgeList;
import io.relata.data.cora.Cora;
import io.relata.hetero.HeteroGraph;

/**
 * Cora as the network takes it: which field of research does a paper belong to, given the words in
 * it and its citations?
 *
 * @param graph the papers with their citations in both directions; edge field {@code w} holds a
 *     weight for every edge, (E, 1), all 1 as in the tutorial
 * @param features which words each paper has, each row divided by its sum, (N, F)
 * @param labels field of each paper, (N,)
 * @param train ids of the papers to train on
 * @param validation ids of the papers to choose the epoch by
 * @param test ids of the papers to report
 */
record CoraTask(
    HeteroGraph graph,
    Tensor features,
    Tensor labels,
    Tensor train,
    Tensor validation,
    Tensor test) {

  static CoraTask of(Relata relata, Cora cora) {
    EdgeList edges = cora.edges();
    HeteroGraph g = HeteroGraph.homogeneous(relata, cora.numNodes(), edges.src(), edges.dst());
    g.edges().set("w", relata.ones(edges.size(), 1));
    return new CoraTask(
        g,
        relata.tensor(cora.normalizedFeatures(), cora.numNodes(), cora.features().columns()),
        relata.tensor(cora.labels()),
        relata.tensor(cora.trainNodes()),
        relata.tensor(cora.valNodes()),
        relata.tensor(cora.testNodes()));
  }

  /** F, the number of words. */
  int numFeatures() {
    return Math.toIntExact(features.dim(1));
  }

  /** Number of fields of research. */
  int numClasses() {
    return Cora.CLASS_NAMES.size();
  }
}
