package io.relata.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Keeps the arrows between modules: examples → data, nn → hetero → api ← backends. */
@AnalyzeClasses(packages = "io.relata", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] API = {"io.relata", "io.relata.graph..", "io.relata.spi.."};

  @ArchTest
  static final ArchRule the_api_knows_only_guice_slf4j_and_java =
      classes()
          .that()
          .resideInAnyPackage(API)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.relata",
              "io.relata.graph..",
              "io.relata.spi..",
              "java..",
              "com.google.inject..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule nothing_but_a_backend_names_a_backend =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.relata.cpu..", "io.relata.cuda..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.relata.cpu..", "io.relata.cuda..", "org.nd4j..", "jcuda..");

  @ArchTest
  static final ArchRule backends_know_only_the_api =
      noClasses()
          .that()
          .resideInAnyPackage("io.relata.cpu..", "io.relata.cuda..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.relata.hetero..", "io.relata.nn..", "io.relata.data..");

  @ArchTest
  static final ArchRule graphs_do_not_know_layers_or_data =
      noClasses()
          .that()
          .resideInAPackage("io.relata.hetero..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.relata.nn..", "io.relata.data..", "io.relata.examples..");

  @ArchTest
  static final ArchRule layers_do_not_know_data_sets =
      noClasses()
          .that()
          .resideInAPackage("io.relata.nn..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.relata.data..", "io.relata.examples..");

  @ArchTest
  static final ArchRule nd4j_stays_at_the_border =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.relata.cpu.nd4j..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.nd4j..");
}
