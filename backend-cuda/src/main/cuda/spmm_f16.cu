#include "spmm_one.cuh"

SPMM_TYPE(f16, Half)
