/*
 * job - what a packet between front and back may hold.
 *
 * Pure.  The back runs job_check() on everything that it receives, although
 * the front made the packet: the front is the part that outsiders reach.
 */
#include "checkpoint-agent/job.h"

#include <string.h>

#define TIMEOUT_MAX_S (24 * 3600)

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* RFC 1123 2.1, lower case as Kubernetes has it. */
bool job_is_label(struct str s)
{
	if (s.n == 0 || s.n > 63 || !is_alnum(s.p[0]) ||
		!is_alnum(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

/* As Kubernetes has it: labels of any length, 253 bytes in all. */
bool job_is_subdomain(struct str s)
{
	char before = '.';

	if (s.n == 0 || s.n > 253 || !is_alnum(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!is_alnum(c) && c != '-' && c != '.')
			return false;
		if (before == '.' && !is_alnum(c))
			return false;
		if (c == '.' && before == '-')
			return false;
		before = c;
	}
	return true;
}

/* A text that ends within its array; the view of it in *out. */
static bool ends(const char *text, size_t size, struct str *out)
{
	size_t n = strnlen(text, size);

	*out = (struct str){text, n};
	return n < size;
}

static bool is_archive_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '/')
			return false;
	return s.n > 0 && s.p[0] != '.';
}

int job_check(const struct job *j, struct err *e)
{
	struct str namespace, pod, container, name;

	if (j->verb >= JOB_VERBS || j->timeout >= JOB_TIMEOUTS ||
		j->is_pod > 1 || j->predump >= JOB_PREDUMPS)
		return err_kind(e, ERR_INPUT, "job: unknown verb or timeout");
	if (!ends(j->namespace, sizeof(j->namespace), &namespace) ||
		!ends(j->pod, sizeof(j->pod), &pod) ||
		!ends(j->container, sizeof(j->container), &container) ||
		!ends(j->name, sizeof(j->name), &name))
		return err_kind(e, ERR_INPUT, "job: a text without end");
	if ((namespace.n > 0 && !job_is_label(namespace)) ||
		(pod.n > 0 && !job_is_subdomain(pod)) ||
		(container.n > 0 && !job_is_label(container)))
		return err_kind(e, ERR_INPUT, "job: a name that cannot be");
	if (name.n > 0 && !is_archive_name(name))
		return err_kind(e, ERR_INPUT, "job: not an archive's name");
	if (j->is_pod && container.n > 0)
		return err_kind(e, ERR_INPUT, "job: a pod with a container");
	return 0;
}

bool job_has_predump(const struct job_config *c, const struct job *j)
{
	if (j->predump == JOB_PREDUMP_DEFAULT)
		return c->has_predump && !j->is_pod;
	return j->predump == JOB_PREDUMP_YES;
}

uint64_t job_timeout_ms(const struct job_config *c, const struct job *j)
{
	uint64_t s = j->timeout_s;

	if (j->timeout != JOB_TIMEOUT_GIVEN || s == 0)
		return c->default_timeout_ms;
	return (s < TIMEOUT_MAX_S ? s : TIMEOUT_MAX_S) * 1000;
}
