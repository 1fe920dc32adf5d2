/* Lists the migrations that the build carries inside the program. */
#include "digest/store/migrations_internal.h"

#include <assert.h>

#include "digest/base/embed.h"

static const char folder[] = "digest/store/migrations/";

int migration_count(void)
{
    size_t index = 0;
    int count = 0;
    while (embed_next(folder, &index))
        count++;
    return count;
}

/* The files are embedded in the order of their names, which is that of
 * their numbers. */
struct str migration_sql(int number, const char **name)
{
    size_t index = 0;
    const struct embed_file *file = NULL;
    for (int i = 0; i < number; i++)
        file = embed_next(folder, &index);
    assert(file);
    *name = file->path + sizeof folder - 1;
    return (struct str){file->begin, (size_t)(file->end - file->begin)};
}
