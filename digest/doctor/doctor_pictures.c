/* Examines the pictures: the scaler, and those that couldn't be kept. */
#include <inttypes.h>

#include "digest/articles/article_picture.h"
#include "digest/doctor/doctor.h"
#include "digest/media/picture.h"

static void look_at_trouble(struct doctor *doctor)
{
    struct article_picture_trouble trouble;
    struct err err = {0};
    if (!doctor->db)
        return;
    if (!article_picture_trouble(doctor->db, doctor->now, &doctor->arena,
                                 &trouble, &err))
        doctor_fail(doctor, "pictures", &err);
    else if (trouble.count == 1)
        doctor_say(doctor, FINDING_WARNING, "pictures",
                   "give it another one; until then its own address is shown",
                   "the picture of article %" PRId64 " can't be had: %s",
                   trouble.article_id, trouble.error);
    else if (trouble.count)
        doctor_say(doctor, FINDING_WARNING, "pictures",
                   "give them others; until then their own addresses are shown",
                   "the pictures of %" PRId64
                   " articles can't be had; that of %" PRId64 ": %s",
                   trouble.count, trouble.article_id, trouble.error);
}

void doctor_pictures(struct doctor *doctor)
{
    struct err err = {0};
    if (picture_check(&err))
        doctor_say(doctor, FINDING_FINE, "pictures", "",
                   "can be decoded, turned and scaled, apart from all else");
    else
        doctor_say(doctor, FINDING_WARNING, "pictures",
                   "until it is mended, pictures keep their own addresses",
                   "%s", err.text);
    look_at_trouble(doctor);
}
