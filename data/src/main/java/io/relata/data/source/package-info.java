/**
 * Finds the files of a data set on this machine, or downloads them, and checks that they are whole.
 *
 * <ul>
 *   <li>{@link io.relata.data.source.FileSet}: the files a data set is made of
 *   <li>{@link io.relata.data.source.DataFile}: one file's name, size and checksum
 *   <li>{@link io.relata.data.source.DataFolders}: where files are looked for, in order
 *   <li>{@link io.relata.data.source.Downloader}: fetches a file, checks it, puts it in place
 * </ul>
 */
package io.relata.data.source;
