/*
 * apko_paths - apko's `paths` in our terms.
 */
#ifndef KEELSON_IMAGES_MIGRATE_APKO_PATHS_H
#define KEELSON_IMAGES_MIGRATE_APKO_PATHS_H

#include "images/migrate/apko_work.h"

/* Write `files`, `directories` and what else comes of `paths`. */
void apko_paths(struct apko *a);

#endif
