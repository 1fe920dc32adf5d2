/* Holds the table of a subscription's states, events and transitions. */
#include "subscribers/consent/transition_internal.h"

#define GO(name)                                                               \
    {                                                                          \
        VERDICT_CHANGE, SUBSCRIPTION_##name, 0                                 \
    }
#define STAY                                                                   \
    {                                                                          \
        VERDICT_ALREADY, 0, 0                                                  \
    }
#define NO(why)                                                                \
    {                                                                          \
        VERDICT_REFUSE, 0, why                                                 \
    }

#define LEFT "unsubscribed; only they, or an editor who adds them, can undo it"
#define DEAD "their mailbox refused mail for good; no mail goes there"
#define SPAM "they reported the newsletter as spam; no mail goes there"
#define UNASKED "nothing was asked for that could be confirmed"
#define UNLEFT "they didn't leave, so there is nothing to take back"

/* A subscriber's own word outlasts what any list says of them; a complaint
 * outlasts everything. */
static const struct transition
    table[CONSENT_STATE_COUNT][CONSENT_ACTION_COUNT] =
        {
            [SUBSCRIPTION_NONE] =
                {
                    [CONSENT_IMPORT] = GO(ACTIVE),
                    [CONSENT_ADD] = GO(ACTIVE),
                    [CONSENT_ASK] = GO(PENDING),
                    [CONSENT_CONFIRM] = NO(UNASKED),
                    [CONSENT_LEAVE] = STAY,
                    [CONSENT_RETURN] = NO(UNLEFT),
                    [CONSENT_BOUNCE] = STAY,
                    [CONSENT_COMPLAIN] = STAY,
                    [CONSENT_EXPIRE] = STAY,
                    [CONSENT_LIFT] = STAY,
                    [CONSENT_IMPORT_LEFT] = GO(UNSUBSCRIBED),
                    [CONSENT_IMPORT_BOUNCED] = GO(BOUNCED),
                    [CONSENT_IMPORT_COMPLAINED] = GO(COMPLAINED),
                },
            [SUBSCRIPTION_PENDING] =
                {
                    [CONSENT_IMPORT] = STAY,
                    [CONSENT_ADD] = GO(ACTIVE),
                    [CONSENT_ASK] = STAY,
                    [CONSENT_CONFIRM] = GO(ACTIVE),
                    [CONSENT_LEAVE] = GO(UNSUBSCRIBED),
                    [CONSENT_RETURN] = NO(UNLEFT),
                    [CONSENT_BOUNCE] = GO(BOUNCED),
                    [CONSENT_COMPLAIN] = GO(COMPLAINED),
                    [CONSENT_EXPIRE] = GO(NONE),
                    [CONSENT_LIFT] = STAY,
                    [CONSENT_IMPORT_LEFT] = GO(UNSUBSCRIBED),
                    [CONSENT_IMPORT_BOUNCED] = GO(BOUNCED),
                    [CONSENT_IMPORT_COMPLAINED] = GO(COMPLAINED),
                },
            [SUBSCRIPTION_ACTIVE] =
                {
                    [CONSENT_IMPORT] = STAY,
                    [CONSENT_ADD] = STAY,
                    [CONSENT_ASK] = STAY,
                    [CONSENT_CONFIRM] = STAY,
                    [CONSENT_LEAVE] = GO(UNSUBSCRIBED),
                    [CONSENT_RETURN] = STAY,
                    [CONSENT_BOUNCE] = GO(BOUNCED),
                    [CONSENT_COMPLAIN] = GO(COMPLAINED),
                    [CONSENT_EXPIRE] = STAY,
                    [CONSENT_LIFT] = STAY,
                    [CONSENT_IMPORT_LEFT] = GO(UNSUBSCRIBED),
                    [CONSENT_IMPORT_BOUNCED] = GO(BOUNCED),
                    [CONSENT_IMPORT_COMPLAINED] = GO(COMPLAINED),
                },
            [SUBSCRIPTION_UNSUBSCRIBED] =
                {
                    [CONSENT_IMPORT] = NO(LEFT),
                    [CONSENT_ADD] = GO(ACTIVE),
                    [CONSENT_ASK] = GO(PENDING),
                    [CONSENT_CONFIRM] = NO(UNASKED),
                    [CONSENT_LEAVE] = STAY,
                    [CONSENT_RETURN] = GO(ACTIVE),
                    [CONSENT_BOUNCE] = STAY,
                    [CONSENT_COMPLAIN] = GO(COMPLAINED),
                    [CONSENT_EXPIRE] = STAY,
                    [CONSENT_LIFT] = STAY,
                    [CONSENT_IMPORT_LEFT] = STAY,
                    [CONSENT_IMPORT_BOUNCED] = STAY,
                    [CONSENT_IMPORT_COMPLAINED] = GO(COMPLAINED),
                },
            [SUBSCRIPTION_BOUNCED] =
                {
                    [CONSENT_IMPORT] = NO(DEAD),
                    [CONSENT_ADD] = NO(DEAD),
                    [CONSENT_ASK] = NO(DEAD),
                    [CONSENT_CONFIRM] = NO(DEAD),
                    [CONSENT_LEAVE] = GO(UNSUBSCRIBED),
                    [CONSENT_RETURN] = NO(DEAD),
                    [CONSENT_BOUNCE] = STAY,
                    [CONSENT_COMPLAIN] = GO(COMPLAINED),
                    [CONSENT_EXPIRE] = STAY,
                    [CONSENT_LIFT] = GO(UNSUBSCRIBED),
                    [CONSENT_IMPORT_LEFT] = STAY,
                    [CONSENT_IMPORT_BOUNCED] = STAY,
                    [CONSENT_IMPORT_COMPLAINED] = GO(COMPLAINED),
                },
            [SUBSCRIPTION_COMPLAINED] =
                {
                    [CONSENT_IMPORT] = NO(SPAM),
                    [CONSENT_ADD] = NO(SPAM),
                    [CONSENT_ASK] = NO(SPAM),
                    [CONSENT_CONFIRM] = NO(SPAM),
                    [CONSENT_LEAVE] = STAY,
                    [CONSENT_RETURN] = NO(SPAM),
                    [CONSENT_BOUNCE] = STAY,
                    [CONSENT_COMPLAIN] = STAY,
                    [CONSENT_EXPIRE] = STAY,
                    [CONSENT_LIFT] = GO(UNSUBSCRIBED),
                    [CONSENT_IMPORT_LEFT] = STAY,
                    [CONSENT_IMPORT_BOUNCED] = STAY,
                    [CONSENT_IMPORT_COMPLAINED] = STAY,
                },
};

static const char *const events[] = {
    [CONSENT_IMPORT] = "imported",
    [CONSENT_ADD] = "subscribed",
    [CONSENT_ASK] = "asked",
    [CONSENT_CONFIRM] = "confirmed",
    [CONSENT_LEAVE] = "unsubscribed",
    [CONSENT_RETURN] = "returned",
    [CONSENT_BOUNCE] = "bounced",
    [CONSENT_COMPLAIN] = "complained",
    [CONSENT_EXPIRE] = "expired",
    [CONSENT_LIFT] = "lifted",
    [CONSENT_IMPORT_LEFT] = "unsubscribed",
    [CONSENT_IMPORT_BOUNCED] = "bounced",
    [CONSENT_IMPORT_COMPLAINED] = "complained",
};
_Static_assert(sizeof events / sizeof events[0] == CONSENT_ACTION_COUNT,
               "a name for each action");

const struct transition *transition_find(int state, enum consent_action action)
{
    return &table[state][action];
}

const char *consent_action_event(enum consent_action action)
{
    return events[action];
}
