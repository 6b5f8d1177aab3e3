/*
 * audit - compares the elements in the kernel with those that were applied.
 *
 * The guard sees chains, rules and the number of elements.  The audit also
 * sees an element that was replaced by another, and on kernels that do not
 * report numbers (before 6.15) one that is missing.  It reads every element,
 * so it is only for when somebody else has committed to nf_tables.
 */
#ifndef KEELSON_PROXY_AUDIT_H
#define KEELSON_PROXY_AUDIT_H

#include "kube-proxy-mini/model/model.h"

/*
 * 1: the sets of our table do not hold what the applied records say; 0: they
 * do; -1: they could not be read.  Not compared: what packets write, verdicts
 * (the guard sees a chain's use count) and `hairpin`, which Services share.
 */
int audit_elements(int fd, const struct model *m,
	const bool has_family[MODEL_FAMILIES], struct err *e);

#endif
