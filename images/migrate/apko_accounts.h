/*
 * apko_accounts - apko's `accounts` in our terms.
 */
#ifndef KEELSON_IMAGES_MIGRATE_APKO_ACCOUNTS_H
#define KEELSON_IMAGES_MIGRATE_APKO_ACCOUNTS_H

#include "images/migrate/apko_work.h"

/* Write `accounts`, `user`, or both. */
void apko_accounts(struct apko *a);

#endif
