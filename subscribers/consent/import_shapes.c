/* Holds the tables of tools, headings and words for import_columns.c. */
#include "subscribers/consent/import_shapes_internal.h"

/* Words of tools for the states. */
const struct import_word import_words[] = {
    {"active", SUBSCRIPTION_ACTIVE},
    {"subscribed", SUBSCRIPTION_ACTIVE},
    {"enabled", SUBSCRIPTION_ACTIVE},
    {"confirmed", SUBSCRIPTION_ACTIVE},
    {"pending", SUBSCRIPTION_PENDING},
    {"unconfirmed", SUBSCRIPTION_PENDING},
    {"unsubscribed", SUBSCRIPTION_UNSUBSCRIBED},
    {"disabled", SUBSCRIPTION_UNSUBSCRIBED},
    {"optedout", SUBSCRIPTION_UNSUBSCRIBED},
    {"nonsubscribed", SUBSCRIPTION_UNSUBSCRIBED},
    {"bounced", SUBSCRIPTION_BOUNCED},
    {"cleaned", SUBSCRIPTION_BOUNCED},
    {"undeliverable", SUBSCRIPTION_BOUNCED},
    {"unreachable", SUBSCRIPTION_BOUNCED},
    {"complained", SUBSCRIPTION_COMPLAINED},
    {"complaint", SUBSCRIPTION_COMPLAINED},
    {"spam", SUBSCRIPTION_COMPLAINED},
    {"blocklisted", IMPORT_BLOCKED},
    {"blacklisted", IMPORT_BLOCKED},
    {"blocked", IMPORT_BLOCKED},
    {0},
};

const struct import_word import_parting_words[] = {
    {"unsubscribed", SUBSCRIPTION_UNSUBSCRIBED},
    {"optedout", SUBSCRIPTION_UNSUBSCRIBED},
    {"nonsubscribed", SUBSCRIPTION_UNSUBSCRIBED},
    {"bounced", SUBSCRIPTION_BOUNCED},
    {"hardbounced", SUBSCRIPTION_BOUNCED},
    {"complained", SUBSCRIPTION_COMPLAINED},
    {"markedasspam", SUBSCRIPTION_COMPLAINED},
    {"blocklisted", IMPORT_BLOCKED},
    {"blacklisted", IMPORT_BLOCKED},
    {0},
};

/* Mailchimp gives the reason that someone named; whatever it is, they left. */
static const struct import_word mailchimp_reasons[] = {
    {"spam*", SUBSCRIPTION_COMPLAINED},
    {"abuse*", SUBSCRIPTION_COMPLAINED},
    {"*", SUBSCRIPTION_UNSUBSCRIBED},
    {0},
};

static const struct import_word substack_disabled[] = {
    {"true", SUBSCRIPTION_UNSUBSCRIBED},
    {"false", SUBSCRIPTION_ACTIVE},
    {0},
};

static const struct import_word ghost_subscribed[] = {
    {"true", SUBSCRIPTION_ACTIVE},
    {"false", SUBSCRIPTION_UNSUBSCRIBED},
    {0},
};

/* Inactive: opened nothing for a while. */
static const struct import_word mailpoet_words[] = {
    {"inactive", SUBSCRIPTION_ACTIVE},
    {0},
};

/* Most of its words say who pays. */
static const struct import_word buttondown_words[] = {
    {"regular", SUBSCRIPTION_ACTIVE},
    {"premium", SUBSCRIPTION_ACTIVE},
    {"gifted", SUBSCRIPTION_ACTIVE},
    {"trialed", SUBSCRIPTION_ACTIVE},
    {"unpaid", SUBSCRIPTION_ACTIVE},
    {"pastdue", SUBSCRIPTION_ACTIVE},
    {"churning", SUBSCRIPTION_ACTIVE},
    {"churned", SUBSCRIPTION_ACTIVE},
    {"upcoming", SUBSCRIPTION_ACTIVE},
    {"unactivated", SUBSCRIPTION_PENDING},
    {"paused", SUBSCRIPTION_UNSUBSCRIBED},
    {"removed", SUBSCRIPTION_UNSUBSCRIBED},
    {"spammy", IMPORT_BLOCKED},
    {0},
};

/* The first whose signature fits. */
const struct import_shape import_shapes[] = {
    {"digest",
     {"email", "newsletter", "state", "since"},
     {{0}},
     NULL,
     IMPORT_UNKNOWN},
    {"Mailchimp",
     {"cleantime"},
     {{"cleantime", FIELD_SINCE},
      {"optintime", FIELD_CREATED},
      {"confirmip", FIELD_CLIENT}},
     NULL,
     SUBSCRIPTION_BOUNCED},
    {"Mailchimp",
     {"unsubtime"},
     {{"unsubreason", FIELD_STATE},
      {"unsubtime", FIELD_SINCE},
      {"optintime", FIELD_CREATED},
      {"confirmip", FIELD_CLIENT}},
     mailchimp_reasons,
     SUBSCRIPTION_UNSUBSCRIBED},
    {"Mailchimp",
     {"euid", "leid"},
     {{"confirmtime", FIELD_SINCE},
      {"optintime", FIELD_CREATED},
      {"confirmip", FIELD_CLIENT}},
     NULL,
     SUBSCRIPTION_ACTIVE},
    {"Substack",
     {"email", "emaildisabled"},
     {{"emaildisabled", FIELD_STATE}},
     substack_disabled,
     IMPORT_UNKNOWN},
    {"Substack",
     {"email", "activesubscription", "expiry"},
     {{0}},
     NULL,
     SUBSCRIPTION_ACTIVE},
    {"Ghost",
     {"email", "subscribedtoemails"},
     {{"subscribedtoemails", FIELD_STATE}, {"labels", FIELD_TAGS}},
     ghost_subscribed,
     IMPORT_UNKNOWN},
    {"listmonk",
     {"uuid", "email", "attributes", "status"},
     {{0}},
     NULL,
     IMPORT_UNKNOWN},
    {"MailPoet",
     {"email", "globalstatus"},
     {{"globalstatus", FIELD_STATE},
      {"liststatus", FIELD_STATE_TOO},
      {"ipaddress", FIELD_CLIENT}},
     mailpoet_words,
     IMPORT_UNKNOWN},
    {"Buttondown",
     {"email", "subscribertype", "creationdate"},
     {{"subscribertype", FIELD_STATE},
      {"creationdate", FIELD_CREATED},
      {"ipaddress", FIELD_CLIENT}},
     buttondown_words,
     IMPORT_UNKNOWN},
    {"Buttondown",
     {"emailaddress", "type", "creationdate"},
     {{"type", FIELD_STATE},
      {"creationdate", FIELD_CREATED},
      {"ipaddress", FIELD_CLIENT}},
     buttondown_words,
     IMPORT_UNKNOWN},
    {"Buttondown",
     {"email", "type", "creationdate"},
     {{"type", FIELD_STATE},
      {"creationdate", FIELD_CREATED},
      {"ipaddress", FIELD_CLIENT}},
     buttondown_words,
     IMPORT_UNKNOWN},
    {"Keila",
     {"email", "firstname", "status", "data"},
     {{0}},
     NULL,
     IMPORT_UNKNOWN},
    {0},
};

const struct import_shape import_any_shape = {
    "", {0}, {{0}}, NULL, SUBSCRIPTION_ACTIVE};
