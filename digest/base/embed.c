/* Looks up files in the table that the build carries inside the program. */
#include "digest/base/embed.h"

struct str embed_find(const char *path)
{
    for (size_t i = 0; i < embed_file_count; i++)
        if (strcmp(embed_files[i].path, path) == 0)
            return (struct str){
                embed_files[i].begin,
                (size_t)(embed_files[i].end - embed_files[i].begin)};
    return (struct str){NULL, 0};
}

const struct embed_file *embed_next(const char *prefix, size_t *index)
{
    while (*index < embed_file_count) {
        const struct embed_file *file = &embed_files[(*index)++];
        if (str_starts(str_of(file->path), str_of(prefix)))
            return file;
    }
    return NULL;
}
