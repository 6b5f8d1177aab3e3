/*
 * disorder - see a directory with its files in another order, by disorderfs.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_DISORDER_H
#define KEELSON_IMAGES_REPRODUCE_DISORDER_H

#include "lib/base/err.h"

#include <stdbool.h>

/*
 * Mount `tree` once more at the new directory `seen`, every directory the
 * other way round.
 * For a process that may mount in its namespaces; it ends with the first
 * process of these.  0 or -1.
 */
int disorder_mount(const char *tree, const char *seen, struct err *e);

/* Does it work here?  work: a directory to try it in; namespaces: CLONE_NEW...,
   that are made for it. */
bool disorder_works(const char *work, int namespaces);

#endif
