/*
 * job - validates the packets between front and back.
 *
 * Pure.  Names are checked byte by byte against what Kubernetes allows, so
 * that none can be a path; enums and flags against their range; texts for
 * their final NUL.
 */
#include "checkpoint-agent/ipc/job.h"

#include <string.h>

#define TIMEOUT_MAX_S (24 * 3600)

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

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

/* As in Kubernetes the labels may have any length, 253 bytes in all. */
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

/* Does the text end within its array?  *out is a view of it. */
static bool is_ended(const char *text, size_t size, struct str *out)
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
		return err_kind(e, ERR_INPUT, "job: value out of range");
	if (!is_ended(j->namespace, sizeof(j->namespace), &namespace) ||
		!is_ended(j->pod, sizeof(j->pod), &pod) ||
		!is_ended(j->container, sizeof(j->container), &container) ||
		!is_ended(j->name, sizeof(j->name), &name))
		return err_kind(e, ERR_INPUT, "job: text without a NUL");
	if ((namespace.n > 0 && !job_is_label(namespace)) ||
		(pod.n > 0 && !job_is_subdomain(pod)) ||
		(container.n > 0 && !job_is_label(container)))
		return err_kind(e, ERR_INPUT, "job: invalid name");
	if (name.n > 0 && !is_archive_name(name))
		return err_kind(e, ERR_INPUT, "job: invalid archive name");
	if (j->is_pod && container.n > 0)
		return err_kind(
			e, ERR_INPUT, "job: a whole pod and a container");
	return 0;
}

bool job_has_predump(const struct job *j, bool by_default)
{
	if (j->predump == JOB_PREDUMP_DEFAULT)
		return by_default && !j->is_pod;
	return j->predump == JOB_PREDUMP_YES;
}

uint64_t job_timeout_ms(const struct job *j, uint64_t default_ms)
{
	uint64_t s = j->timeout_s;

	if (j->timeout != JOB_TIMEOUT_GIVEN || s == 0)
		return default_ms;
	return (s < TIMEOUT_MAX_S ? s : TIMEOUT_MAX_S) * 1000;
}

struct job_answer job_refuse(
	const struct job *j, enum job_status status, const char *cause)
{
	struct job_answer a = {.id = j->id, .verb = j->verb, .status = status};

	str_copy(str_of(cause), a.cause, sizeof(a.cause));
	return a;
}
