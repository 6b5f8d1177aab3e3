/*
 * archive_name - the file names of archives, made and parsed.  Pure.
 *
 * checkpoint-POD_NAMESPACE-CONTAINER-TIME.tar as in the kubelet, TIME in RFC
 * 3339 and UTC.  The kubelet overwrites an archive that was made in the same
 * second; here the second archive of a second ends in "Z.1.tar", the third in
 * "Z.2.tar", and so on.
 */
#ifndef CHECKPOINT_AGENT_STORE_ARCHIVE_NAME_H
#define CHECKPOINT_AGENT_STORE_ARCHIVE_NAME_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define ARCHIVE_NAME_SAME_SECOND_MAX 1000

struct archive_name {
	struct str namespace, pod, container;
	int64_t time_s;    /* since 1970 */
	uint32_t again;    /* 0: the first archive of that second */
	bool is_encrypted; /* ".tar.age" */
};

void archive_name_put(struct buf *b, const struct archive_name *n);

/*
 * ERR_INPUT: a file of this name, with its number and the hash beside it,
 * would have a longer name than file systems take (NAME_MAX).
 */
int archive_name_check(const struct archive_name *n, struct err *e);

/* "2026-11-23T02:38:33Z" */
void archive_name_put_time(struct buf *b, int64_t time_s);

/* Parse the time in a file name.  0, or -1 for a name that is no archive's. */
int archive_name_parse_time(struct str file, int64_t *time_s, uint32_t *again);

/* The part before the time, "POD_NAMESPACE-CONTAINER"; empty: no archive's. */
struct str archive_name_stem(struct str file);

/*
 * Does the file name contain these names?  An empty name matches any.
 * Namespace and container are joined by '-', which both may contain: the
 * answer is exact if a container is given; otherwise namespace "a" also
 * matches an archive of namespace "a-b".
 */
bool archive_name_is_of(struct str file, struct str namespace, struct str pod,
	struct str container);

#endif
