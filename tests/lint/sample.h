/* A page and a message without fault; each test breaks them in one place. */
#ifndef TESTS_LINT_SAMPLE_H
#define TESTS_LINT_SAMPLE_H

#define PAGE_HEAD                                                              \
    "<!doctype html>\n<html lang=\"en\" dir=\"ltr\"><head>"                    \
    "<title>Weekly</title></head>\n<body><div lang=\"en\" dir=\"ltr\">\n"      \
    "<h1>Weekly</h1>\n"
#define PAGE_TAIL                                                              \
    "<p><a href=\"https://news.example.org/u/1\">Unsubscribe</a></p>\n"        \
    "</div></body></html>\n"

static const char page[] = PAGE_HEAD
    "<h2><a href=\"https://example.org/tram\">The tram</a></h2>\n" PAGE_TAIL;

static const char header[] =
    "Date: Fri, 20 Nov 2026 07:00:00 +0000\r\n"
    "From: Review <weekly@example.org>\r\n"
    "To: Anna <anna@example.net>\r\n"
    "Message-ID: <1@example.org>\r\n"
    "Subject: The tram opens early\r\n"
    "List-Id: Weekly <weekly.list-id.example.org>\r\n"
    "List-Unsubscribe: <https://news.example.org/u/1>,\r\n"
    " <mailto:weekly@example.org?subject=unsubscribe>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "MIME-Version: 1.0\r\n";

static const char text_part[] = "Weekly\n------\n\nThe tram [1]\n\n"
                                "[1] https://example.org/tram\n\n"
                                "Unsubscribe: https://news.example.org/u/1\n";

#endif
