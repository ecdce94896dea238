#include "spmm_one.cuh"

SPMM_TYPE(f64, double)
