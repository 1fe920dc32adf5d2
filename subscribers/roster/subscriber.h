/* A subscriber: a person with an address, and their subscriptions. */
#ifndef SUBSCRIBERS_ROSTER_SUBSCRIBER_H
#define SUBSCRIBERS_ROSTER_SUBSCRIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROSTER_KEY_SIZE = 16 };

enum subscription_state {
    SUBSCRIPTION_PENDING,
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_UNSUBSCRIBED,
    SUBSCRIPTION_BOUNCED,
    SUBSCRIPTION_COMPLAINED,
};
/* "pending", … as they stand in the database and in --json. */
const char *subscription_state_name(enum subscription_state state);
/* The other way; false for any other name. */
bool subscription_state_find(const char *name, enum subscription_state *out);

struct subscription {
    int64_t newsletter_id;
    const char *newsletter; /* slug */
    enum subscription_state state;
    const char *categories; /* chosen names, one a line; "" is all */
    int64_t since;
};

/* Texts never NULL; who owns them is said where one is handed over. */
struct subscriber {
    int64_t id;
    unsigned char key[ROSTER_KEY_SIZE];
    const char *email;
    const char *name;
    const char *language;
    const char *timezone;
    int64_t created_at;
    const struct subscription *subscriptions;
    size_t subscription_count;
};

#endif
