/*
 * Any bytes as a packet from the other half.  A job that passes has names that
 * can be no path, ended texts and values in range; parts of credentials lie in
 * their packet.
 */
#include "checkpoint-agent/ipc/credentials.h"
#include "checkpoint-agent/ipc/job.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void is_no_path(const char *name, size_t size)
{
	require(memchr(name, '\0', size) != NULL);
	require(strchr(name, '/') == NULL);
	require(name[0] != '.');
}

static void try_job(const uint8_t *data, size_t size)
{
	static struct job j;

	memset(&j, 0, sizeof(j));
	memcpy(&j, data, size < sizeof(j) ? size : sizeof(j));
	if (job_check(&j, NULL) < 0)
		return;
	is_no_path(j.namespace, sizeof(j.namespace));
	is_no_path(j.pod, sizeof(j.pod));
	is_no_path(j.container, sizeof(j.container));
	is_no_path(j.name, sizeof(j.name));
	require(j.verb < JOB_VERBS && j.timeout < JOB_TIMEOUTS);
	require(job_timeout_ms(&j, 1000) <= 24 * 3600 * 1000);
}

static void try_credentials(struct str packet)
{
	struct credentials m;
	size_t total = 0;

	if (credentials_parse(packet, &m, NULL) < 0)
		return;
	for (size_t i = 0; i < CREDENTIALS_PARTS; i++) {
		require(m.part[i].n == 0 ||
			(m.part[i].p >= packet.p &&
				m.part[i].p + m.part[i].n <=
					packet.p + packet.n));
		total += m.part[i].n;
	}
	require(total + CREDENTIALS_PARTS * sizeof(uint32_t) == packet.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_job(data, size);
	try_credentials((struct str){(const char *)data, size});
	return 0;
}
