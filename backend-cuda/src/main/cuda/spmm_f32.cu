#include "spmm_one.cuh"

SPMM_TYPE(f32, float)
SPMM_WIDE(f32, float)
SPMM(nnnn, f32, float, 1, 4, copy, MODE_COPY)
SPMM(nnnn, f32, float, 1, 4, scale, MODE_SCALE)
