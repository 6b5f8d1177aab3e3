/*
 * update_report - what update found, for people and for programs.
 */
#ifndef KEELSON_IMAGES_FRESH_UPDATE_REPORT_H
#define KEELSON_IMAGES_FRESH_UPDATE_REPORT_H

#include "images/fresh/update.h"

struct update_count {
	size_t packages, newer, security, missing;
};

struct update_count update_count(const struct update *u);

/* A table of all packages, then what is newer, that of security suites first.
 */
void update_report(const struct update *u, struct buf *out);

/* One JSON object (docs/fresh.md). */
void update_json(const struct update *u, struct buf *out);

#endif
