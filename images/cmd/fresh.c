/* fresh - small things. */
#include "images/cmd/fresh.h"

#include "images/fresh/apt.h"
#include "images/project/enter.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"

#include <stdlib.h>
#include <unistd.h>

#define FRESH_NS_PER_S INT64_C(1000000000)

const char *fresh_keyring;

const char *fresh_trust(void)
{
	const char *file = getenv("KEELSON_KEYRING");

	if (fresh_keyring != NULL)
		return fresh_keyring;
	return file != NULL && *file != '\0' ? file : APT_KEYRING;
}

const char *fresh_sources(void)
{
	const char *dir = getenv("SOURCES_DIR");

	return dir != NULL && *dir != '\0' ? dir : "build/sources";
}

int64_t fresh_now_s(void)
{
	return clock_wall_ns() / FRESH_NS_PER_S;
}

int fresh_open(struct project *p, struct buf *lock, struct err *e)
{
	if (project_enter(e) < 0 || project_read(".", p, e) < 0)
		return -1;
	if (access(p->at.lock, F_OK) < 0)
		return 0;
	return file_read(p->at.lock, lock, e);
}
