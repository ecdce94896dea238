/**
 * How an example shows what it did: {@link io.relata.examples.report.RunReport}, the facts of one
 * run; {@link io.relata.examples.report.HtmlReport}, the page for a colleague; {@link
 * io.relata.examples.report.SummaryJson}, the figures for a program; {@link
 * io.relata.examples.report.ConsoleReport} and {@link io.relata.examples.report.TrainingProgress},
 * the terminal. Nothing here knows a tensor.
 */
package io.relata.examples.report;
