/*
 * mode - how far a machine lets a command be confined.
 *
 * What a container or a kernel refuses differs from machine to machine, so
 * there is a table, the strictest first.  Whoever runs recipes asks once which
 * of them works (probe.h) and then uses that one: a command is confined by its
 * mode or does not run.
 */
#ifndef KEELSON_CONFINE_MODE_H
#define KEELSON_CONFINE_MODE_H

#include "lib/base/err.h"

#include <stdbool.h>

/*
 * The user of a recipe, where root builds.  systemd keeps 60578 to 61183 free,
 * Debian gives nothing out there, and containers have it mapped.
 */
#define MODE_USER 61000

struct mode {
	const char *name;
	int namespaces;    /* CLONE_NEW..., for unshare(2) */
	bool drops_root;   /* becomes MODE_USER; for root alone */
	bool has_view;     /* sees only the files that it is given */
	const char *lacks; /* what a recipe may do that it should not, or "" */
};

extern const struct mode mode_table[];
extern const size_t mode_count;

/* The mode of this name, or NULL. */
const struct mode *mode_find(const char *name);

/* Enter the namespaces.  What CLONE_NEWPID makes begins with the next fork. */
int mode_enter(const struct mode *m, struct err *e);

/* Give up all privileges that are left, in the process that will exec. */
int mode_drop(const struct mode *m, struct err *e);

#endif
