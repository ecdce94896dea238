package io.relata.hetero;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The fields of the nodes of one type, or of the edges of one relation; every field has a row for
 * each.
 */
final class Frame {
  /** A field: its tensor, or where to gather it from when it is first read. */
  private static final class Column {
    private Tensor value;
    private Column source;
    private Origin origin;

    synchronized Tensor get() {
      if (value != null) {
        return value;
      }
      Tensor whole = source.get();
      if (whole.requiresGrad()) {
        // Each use records its own gather: a recorded one can be walked back only once.
        return origin.take(whole);
      }
      // It outlives the scope in which it happens to be read first.
      whole.relata().unscoped(() -> value = origin.take(whole));
      source = null;
      origin = null;
      return value;
    }
  }

  private final Relata relata;
  private final String owner;
  private final String item;
  private final int rows;
  private Map<String, Column> columns = new LinkedHashMap<>();

  /**
   * An empty frame.
   *
   * @param owner names it in messages, for instance {@code node type 'user'}
   * @param item what a row is, in the plural
   */
  Frame(Relata relata, String owner, String item, int rows) {
    this.relata = relata;
    this.owner = owner;
    this.item = item;
    this.rows = rows;
  }

  int rows() {
    return rows;
  }

  String owner() {
    return owner;
  }

  Set<String> fields() {
    return Set.copyOf(columns.keySet());
  }

  boolean has(String field) {
    return columns.containsKey(field);
  }

  /**
   * A field's tensor.
   *
   * @param reader the function and relation that need it, or null
   */
  Tensor get(String field, String reader) {
    Column c = columns.get(field);
    if (c == null) {
      RelataException.Builder b =
          RelataException.of(ErrorId.FIELD_UNKNOWN, "There is no such field")
              .where(owner + (reader == null ? "" : ", needed by " + reader))
              .expected(
                  columns.isEmpty()
                      ? "a field, but none has been set"
                      : "one of " + columns.keySet())
              .found("'" + field + "'");
      String view = item.equals("edges") ? "edges(relation)" : "nodes(type)";
      throw b.remedy("set it first, for instance " + view + ".set(\"" + field + "\", tensor)")
          .build();
    }
    return c.get();
  }

  void set(String field, Tensor value) {
    check(field, value);
    Column c = new Column();
    c.value = value;
    columns.put(field, c);
  }

  /** Sets several fields; all are checked before the first is set. */
  void setAll(Map<String, Tensor> values) {
    values.forEach(this::check);
    values.forEach(this::set);
  }

  void check(String field, Tensor value) {
    if (value.relata() != relata) {
      throw RelataException.of(ErrorId.LIFETIME, "Graph and feature belong to different runtimes")
          .where(owner + ", field '" + field + "'")
          .found(relata + " and " + value.relata())
          .remedy("copy one over with tensor.to(relata) or graph.to(relata)")
          .build();
    }
    if (value.shape().rank() == 0 || value.dim(0) != rows) {
      throw RelataException.of(ErrorId.FIELD_ROWS, "The feature has the wrong number of rows")
          .where(owner + ", field '" + field + "'")
          .expected(rows + " rows, one for each of the " + rows + " " + item)
          .found(
              (value.shape().rank() == 0 ? "a scalar" : value.dim(0) + " rows")
                  + ", shape "
                  + value.shape())
          .remedy(
              item.equals("edges")
                  ? "give a row for each, in the order of the edge ids"
                  : "give a row for each; isolated nodes exist only if the graph was built with an"
                      + " explicit node count")
          .build();
    }
  }

  /**
   * Replaces some rows of fields, different ones; a new field is 0 elsewhere. Checks all before it
   * writes.
   */
  void setRows(int[] ids, Map<String, Tensor> values) {
    boolean[] mark = new boolean[rows];
    for (int id : ids) {
      mark[id] = true;
    }
    Tensor index = relata.tensor(ids);
    Map<String, Tensor> whole = new LinkedHashMap<>();
    values.forEach(
        (field, part) -> {
          Tensor zeros = relata.zeros(part.dtype(), part.shape().row().prepend(rows).dims());
          Tensor t = zeros.indexAdd(index, part);
          if (has(field)) {
            Tensor old = get(field, null);
            if (!old.shape().equals(t.shape()) || old.dtype() != t.dtype()) {
              throw RelataException.of(ErrorId.SHAPE, "The new rows do not fit the field")
                  .where(owner + ", field '" + field + "'")
                  .expected(old.dtype() + " rows of shape " + old.shape().row())
                  .found(t.dtype() + " rows of shape " + t.shape().row())
                  .build();
            }
            long[] dims = new long[t.shape().rank()];
            Arrays.fill(dims, 1);
            dims[0] = rows;
            t = Tensor.where(relata.tensor(mark, dims), t, old);
          }
          whole.put(field, t);
        });
    whole.forEach(this::set);
  }

  Tensor remove(String field) {
    Tensor value = get(field, null);
    columns.remove(field);
    return value;
  }

  /**
   * Takes over all fields of {@code parent}: shared where all rows come along, else nothing is
   * gathered before it is read.
   */
  void takeFrom(Frame parent, Origin rows) {
    for (Map.Entry<String, Column> e : parent.columns.entrySet()) {
      Column c = e.getValue();
      if (!rows.isAll()) {
        c = new Column();
        c.source = e.getValue();
        c.origin = rows;
      }
      columns.put(e.getKey(), c);
    }
  }

  /** Takes over copies of all fields of a frame of another runtime. */
  void copyFrom(Frame other) {
    for (String field : other.columns.keySet()) {
      set(field, other.get(field, null).to(relata));
    }
  }

  /** The present fields, to be given to {@link #restore}. */
  Map<String, ?> snapshot() {
    return new LinkedHashMap<>(columns);
  }

  @SuppressWarnings("unchecked")
  void restore(Map<String, ?> snapshot) {
    columns = (Map<String, Column>) snapshot;
  }
}
