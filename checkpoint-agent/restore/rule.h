/*
 * rule - which parts of an archive's runtime configuration a restore obeys.
 *
 * spec.dump comes with the archive, so whoever made the archive wrote it.  A
 * place of the node that it names (a bind mount, a namespace, a device) is
 * used only if an option allows it; what only tells a runtime to act on the
 * node (hooks, annotations for runtimes, the cgroup path) is left out.  The
 * container's own matters (its program, user, capabilities, limits) are kept:
 * CRIU restores them from its images anyway.
 *
 * Pure.  Source: OCI runtime-spec config.md, config-linux.md; runc 1.1 and
 * crun 1.21 for the annotations that they obey.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_RULE_H
#define CHECKPOINT_AGENT_RESTORE_RULE_H

#include "lib/base/args.h"
#include "lib/base/node.h"

/* What options allow.  Lists may be NULL. */
struct rule_allowed {
	/* network namespace: "" not said, "keep" as archived, "new", a path */
	const char *net;
	/* "DESTINATION", as archived, or "DESTINATION=SOURCE" */
	const struct args_list *binds;
	/* "TYPE", as archived, or "TYPE=PATH" */
	const struct args_list *joins;
	/* as rule_device_name() writes them; "all" */
	const struct args_list *devices;
};

enum rule_fate {
	RULE_KEPT,    /* as it is in the archive */
	RULE_CHANGED, /* to `value` */
	RULE_DROPPED,
	RULE_REFUSED, /* the archive is not restored without an option */
};

struct rule {
	enum rule_fate fate;
	struct str value; /* RULE_CHANGED: the new source or path; else empty */
	const char *why;  /* for people; "" */
};

/* "kept", "changed", "dropped", "refused" */
const char *rule_fate_name(enum rule_fate fate);

/* A member of `mounts`. */
struct rule rule_mount(const struct node *mount, const struct rule_allowed *a);

/* The types of namespaces that are looked at, in order; NULL at the end. */
extern const char *const rule_namespaces[];

/* The first namespace of this type; NULL: the container has none. */
const struct node *rule_find_namespace(
	const struct node *spec, const char *type);

/*
 * The namespace of this type in the configuration `spec`.  RULE_CHANGED with
 * an empty value: a new one.
 */
struct rule rule_namespace(const struct node *spec, const char *type,
	const struct rule_allowed *a);

/*
 * A member of linux.devices, or a rule of linux.resources.devices that allows
 * something.
 */
struct rule rule_device(
	const struct node *device, const struct rule_allowed *a);

/* "c 10:229"; "*" stands for any number. */
#define RULE_DEVICE_BYTES 64
void rule_device_name(const struct node *device, char out[RULE_DEVICE_BYTES]);

/* Does this rule of linux.resources.devices allow reading or writing? */
bool rule_grants_device(const struct node *device);

struct rule rule_annotation(struct str key);

/*
 * The members of the configuration, and of its `linux`, that are copied as
 * they are; NULL at the end.
 */
extern const char *const rule_members[];
extern const char *const rule_linux_members[];

/* Does a restore use this member at all, copied or rewritten? */
struct rule rule_member(struct str key);
struct rule rule_linux_member(struct str key);

/* The text after "NAME=" in the list; false: neither it nor "NAME" is there. */
bool rule_find_option(
	const struct args_list *list, struct str name, struct str *value);

#endif
