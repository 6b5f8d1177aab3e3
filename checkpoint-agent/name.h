/*
 * name - how archives are called.
 *
 * checkpoint-POD_NAMESPACE-CONTAINER-TIME.tar, as the kubelet does, TIME in
 * RFC 3339 and UTC.  The kubelet's names have one second of resolution and a
 * second archive takes the place of the first; here the second one of a
 * second ends in "Z.1.tar", the third in "Z.2.tar", and so on.
 */
#ifndef CHECKPOINT_AGENT_NAME_H
#define CHECKPOINT_AGENT_NAME_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define NAME_SAME_SECOND_MAX 1000

struct name {
	struct str namespace, pod, container;
	int64_t time_s;    /* since 1970 */
	uint32_t again;    /* 0: the first one of that second */
	bool is_encrypted; /* ".tar.age" */
};

void name_put(struct buf *b, const struct name *n);

/* "2026-11-23T02:38:33Z" */
void name_put_time(struct buf *b, int64_t time_s);

/* The time in a file name; -1 for what name_put() would not have written. */
int name_parse_time(struct str file, int64_t *time_s, uint32_t *again);

/*
 * Does this file belong to these names?  An empty one matches any.  Namespace
 * and container are joined by '-', which both may hold: with a container
 * given the answer is exact, without one "a" also matches the "a-b" of others.
 */
bool name_is_of(struct str file, struct str namespace, struct str pod,
	struct str container);

#endif
