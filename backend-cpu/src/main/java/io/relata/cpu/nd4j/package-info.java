/**
 * The border to ND4J: {@link io.relata.cpu.nd4j.NDArrays} looks at an array as an {@code INDArray}
 * and the other way round, without a copy. Nothing else starts ND4J, which takes seconds.
 */
package io.relata.cpu.nd4j;
