/* Replays a folder of inputs through a fuzz target, as an ordinary test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: fuzz_NAME FOLDER\n", stderr);
        return 64;
    }
    struct err err = {0};
    OWNED(file_list_free) struct file_list list = {0};
    if (!file_list(argv[1], NULL, &list, &err) || list.count == 0) {
        fprintf(stderr, "%s: no inputs to replay %s\n", argv[1], err.text);
        return 1;
    }
    for (size_t i = 0; i < list.count; i++) {
        OWNED(mem_free) char *path = file_join(argv[1], list.names[i]);
        OWNED(strbuf_free) struct strbuf input = STRBUF_INIT;
        if (!file_read(path, 64u << 20, &input, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)strbuf_text(&input), input.len);
    }
    printf("%zu inputs replayed\n", list.count);
    return 0;
}
