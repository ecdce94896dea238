/**
 * Data sets as plain Java data, ready to be made into graphs.
 *
 * <ul>
 *   <li>{@link io.relata.data.EdgeList}: the edges of one relation
 *   <li>{@link io.relata.data.CsrMatrix}: a sparse feature matrix
 *   <li>{@link io.relata.data.Progress}: is told how far a long read or download is
 *   <li>{@link io.relata.data.DataSetException}: a data set is missing, damaged or unreachable
 * </ul>
 *
 * The data sets have a package each: {@link io.relata.data.jdk} (the class graph of the running
 * JVM), {@link io.relata.data.cora} and {@link io.relata.data.karate}; {@link
 * io.relata.data.source} finds or downloads the files of those that have files.
 */
package io.relata.data;
