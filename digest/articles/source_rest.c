/* Computes how long a failing source or picture rests. */
#include "digest/articles/source_rest.h"

enum { FIRST_REST_S = 15 * 60 };

int64_t source_rest_s(int64_t failures)
{
    int64_t rest = FIRST_REST_S;
    for (int64_t i = 1; i < failures && rest < SOURCE_REST_S; i++)
        rest *= 2;
    return rest < SOURCE_REST_S ? rest : SOURCE_REST_S;
}
