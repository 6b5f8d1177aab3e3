/*
 * audit_feed - a document is parsed whole, in an arena of its own; what hits is
 * copied.
 */
#include "lib/base/json.h"
#include "sbom/audit/audit.h"

#define AUDIT_ARENA_MAX ((size_t)6 << 30) /* several times AUDIT_FEED_MAX */

/* Is it {"PACKAGE": {"CVE-...": {"releases": ...}}}? */
static bool audit_is_debian(const struct node *n)
{
	const struct node *package = node_first(n);

	return n->type == NODE_MAP && package != NULL &&
	       package->type == NODE_MAP &&
	       node_get(node_first(package), "releases") != NULL;
}

static bool audit_is_osv(const struct node *n)
{
	return node_get(n, "id") != NULL || node_get(n, "vulns") != NULL ||
	       n->type == NODE_LIST;
}

static int audit_take(struct audit *a, const struct node *n, struct err *e)
{
	const struct node *list = node_get(n, "vulnerabilities");

	if (list != NULL && list->type == NODE_LIST)
		return audit_take_nvd(a, list, e);
	if (audit_is_osv(n))
		return audit_take_osv(a, n, e);
	if (audit_is_debian(n))
		return audit_take_debian(a, n, e);
	return err_kind(e, ERR_INPUT,
		"neither Debian's security tracker nor OSV nor NVD's API 2.0");
}

int audit_feed(struct audit *a, struct str text, struct err *e)
{
	AUTO_ARENA struct arena own = arena_make(AUDIT_ARENA_MAX);
	const struct node *n;

	return json_parse(text, &own, &n, e) < 0 ? -1 : audit_take(a, n, e);
}
