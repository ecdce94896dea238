#include "spmm_one.cuh"

SPMM_TYPE(f32, float)
SPMM(ww, f32, float, 4, 2, copy, MODE_COPY)
SPMM(ww, f32, float, 4, 2, scale, MODE_SCALE)
SPMM(nnnn, f32, float, 1, 4, copy, MODE_COPY)
SPMM(nnnn, f32, float, 1, 4, scale, MODE_SCALE)
