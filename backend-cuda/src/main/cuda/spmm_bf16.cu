#include "spmm_one.cuh"

SPMM_TYPE(bf16, Bfloat)
SPMM_WIDE(bf16, Bfloat)
