#include "spmm_one.cuh"

SPMM_TYPE(bf16, Bfloat)
