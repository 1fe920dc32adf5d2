#!/usr/bin/python3
"""Writes a WordPress export of about MEGABYTES to standard output: posts of
the block editor with links and a featured image, each different.
usage: make_wxr.py MEGABYTES"""
import random
import sys

WORDS = ("the of council harbour ferry market school river budget new water "
         "city people said would after before year week night plan team report "
         "house line bridge road north south vote minister price energy storm "
         "court health").split()
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>The Bench Post</title>
<language>en-GB</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login>ann</wp:author_login>
<wp:author_display_name><![CDATA[Ann Lee]]></wp:author_display_name></wp:author>
"""
POST = """<item>
<title><![CDATA[%(title)s]]></title>
<link>https://bench.example/%(n)d/</link>
<dc:creator><![CDATA[ann]]></dc:creator>
<guid isPermaLink="false">https://bench.example/?p=%(n)d</guid>
<content:encoded><![CDATA[%(body)s]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>%(n)d</wp:post_id>
<wp:post_date_gmt><![CDATA[2026-11-20 07:00:00]]></wp:post_date_gmt>
<wp:post_name><![CDATA[post-%(n)d]]></wp:post_name>
<wp:status><![CDATA[publish]]></wp:status>
<wp:post_type><![CDATA[post]]></wp:post_type>
<wp:post_password><![CDATA[]]></wp:post_password>
<category domain="category" nicename="c%(c)d"><![CDATA[Part %(c)d]]></category>
<wp:postmeta><wp:meta_key><![CDATA[_thumbnail_id]]></wp:meta_key>
<wp:meta_value><![CDATA[%(n)d]]></wp:meta_value></wp:postmeta>
</item>
"""
chance = random.Random(7)


def sentence():
    text = " ".join(chance.choice(WORDS) for _ in range(chance.randint(6, 22)))
    return text.capitalize() + "."


def paragraph(i):
    text = " ".join(sentence() for _ in range(chance.randint(3, 6)))
    if i % 3 == 1:
        text = text.replace("council", '<a href="/c">council</a>', 1).replace(
            "river", "<em>river</em>", 1)
    return ("<!-- wp:paragraph -->\n<p>%s</p>\n<!-- /wp:paragraph -->" % text)


size = int(float(sys.argv[1]) * 1000000)
written = sys.stdout.write(HEAD)
n = 0
while written < size:
    n += 1
    body = "\n\n".join(paragraph(i) for i in range(chance.randint(6, 14)))
    written += sys.stdout.write(POST % {
        "n": n, "c": n % 6, "title": sentence()[:-1] + " %d" % n,
        "body": body})
sys.stdout.write("</channel>\n</rss>\n")
