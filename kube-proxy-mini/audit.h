/*
 * audit - compares the elements in the kernel with those that were applied.
 *
 * guard.h sees chains, rules and numbers of elements; this sees an element
 * that was replaced by another, and on kernels that tell no numbers one that
 * went.  It reads every element, so it is for when somebody else committed.
 */
#ifndef KEELSON_PROXY_AUDIT_H
#define KEELSON_PROXY_AUDIT_H

#include "kube-proxy-mini/model.h"

/*
 * 1: the sets of the table do not hold what the records of all entries say;
 * 0: they do; -1: they could not be read.  Not looked at: what packets write,
 * verdicts (a chain's use count tells guard) and `hairpin`.
 */
int audit_elements(int fd, const char *table, const struct model *m,
	const bool has_family[MODEL_FAMILIES], struct err *e);

#endif
