/*
 * lookup - reads elements of our sets from the kernel: all of a set, or one.
 * Every fd is a socket of netlink_open().
 */
#ifndef KEELSON_PROXY_LOOKUP_H
#define KEELSON_PROXY_LOOKUP_H

#include "kube-proxy-mini/ruleset/elem.h"
#include "lib/base/err.h"

/* A set of a table in the kernel. */
struct lookup_set {
	int fd;
	const char *table;
	enum model_family family;
	enum ruleset_set set;
};

/* One element; comment may be empty.  -1 ends the reading. */
typedef int lookup_each(void *context, const struct elem *el,
	struct str comment, struct err *e);

/* Is there such a table?  1, 0; -1: the kernel cannot be asked. */
int lookup_table(
	int fd, const char *table, enum model_family family, struct err *e);

/* Every element of a set that elem_decode() understands. */
int lookup_all(const struct lookup_set *from, lookup_each *each, void *context,
	struct err *e);

/* Fill in the data of the element with el's key: 1, 0 not there, -1. */
int lookup_one(int fd, const char *table, struct elem *el, struct err *e);

/*
 * Every class (RULESET_CLASSES) with the name of its chain, empty for a plain
 * verdict.
 */
typedef int lookup_each_class(
	void *context, uint32_t class, struct str chain, struct err *e);
int lookup_classes(const struct lookup_set *from, lookup_each_class *each,
	void *context, struct err *e);

#endif
