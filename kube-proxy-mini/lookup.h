/*
 * lookup - reads elements of our sets in the kernel: all of a set, or one.
 */
#ifndef KEELSON_PROXY_LOOKUP_H
#define KEELSON_PROXY_LOOKUP_H

#include "kube-proxy-mini/elem.h"

/* One element; comment may be empty. -1 ends the reading. */
typedef int lookup_each(void *context, const struct elem *el,
	struct str comment, struct err *e);

/* Is there such a table? */
bool lookup_table(int fd, const char *table, enum model_family family);

/* Every element of a set that elem_decode() understands. */
int lookup_all(int fd, const char *table, enum model_family family,
	enum ruleset_set set, lookup_each *each, void *context, struct err *e);

/* Fill in the data of the element with that key: 1, 0 not there, -1. */
int lookup_one(int fd, const char *table, struct elem *el, struct err *e);

/* Each class with the name of its chain, empty for a plain verdict. */
typedef int lookup_each_class(
	void *context, uint32_t class, struct str chain, struct err *e);
int lookup_classes(int fd, const char *table, enum model_family family,
	lookup_each_class *each, void *context, struct err *e);

#endif
