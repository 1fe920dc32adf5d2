/* Runs the examinations, and gathers their findings. */
#include "digest/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

const char *finding_level_name(enum finding_level level)
{
    static const char *const names[] = {
        [FINDING_FINE] = "ok",
        [FINDING_UNSURE] = "unsure",
        [FINDING_WARNING] = "warning",
        [FINDING_ERROR] = "error",
    };
    return names[level];
}

static void add(struct doctor *doctor, struct finding finding)
{
    MEM_PUSH(doctor->findings, doctor->count, doctor->capacity, finding);
    if (doctor->tell)
        doctor->tell(&doctor->findings[doctor->count - 1]);
}

void doctor_say(struct doctor *doctor, enum finding_level level,
                const char *check, const char *remedy, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    add(doctor, (struct finding){
                    .level = level,
                    .check = check,
                    .says = arena_copy(&doctor->arena, text),
                    .remedy = arena_copy(&doctor->arena, remedy),
                    .kind = level == FINDING_ERROR ? ERR_CONFIG : ERR_NONE,
                });
    free(text);
}

void doctor_fail(struct doctor *doctor, const char *check,
                 const struct err *err)
{
    struct str text = str_of(err->text);
    size_t end = text.len; /* of what is said: at the last "; " */
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == ';' && text.ptr[i + 1] == ' ')
            end = i;
    add(doctor,
        (struct finding){
            .level = FINDING_ERROR,
            .check = check,
            .says = arena_copy_str(&doctor->arena, (struct str){text.ptr, end}),
            .remedy = arena_copy_str(
                &doctor->arena,
                str_from(text, end + 2 < text.len ? end + 2 : text.len)),
            .kind = err->kind,
        });
}

void doctor_examine(struct doctor *doctor)
{
    doctor_settings(doctor);
    doctor_files(doctor);
    doctor_room(doctor);
    if (doctor->db) {
        doctor_database(doctor);
        doctor_upkeep(doctor);
    }
    doctor_pictures(doctor);
    doctor_relays(doctor);
    if (doctor->db)
        doctor_names(doctor);
    doctor_site(doctor);
}

void doctor_free(struct doctor *doctor)
{
    free(doctor->findings);
    arena_free(&doctor->arena);
}
