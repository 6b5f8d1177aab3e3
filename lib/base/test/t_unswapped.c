/* Memory is locked in a process of its own, and only as much as is used. */
#include "lib/base/unswapped.h"

#include "lib/base/fd.h"
#include "lib/base/test/sanitizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MIB = 1 << 20, HUGE_MAP = 1 << 30 };

static uint64_t locked_kib(void)
{
	AUTO_BUF struct buf b = buf_growing(65536);
	struct str text, line, value;
	uint64_t n = 0;

	if (file_read("/proc/self/status", &b, NULL) < 0)
		return 0;
	text = buf_view(&b);
	while (str_cut(&text, '\n', &line)) {
		if (!str_has_prefix(line, STR("VmLck:")))
			continue;
		line = str_trim(str_sub(line, 6, line.n));
		str_cut(&line, ' ', &value);
		str_u64(value, 0, UINT64_MAX, &n);
	}
	return n;
}

static void *map(size_t n)
{
	return mmap(NULL, n, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int run(int (*body)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(body());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int lock_all(void)
{
	struct rusage use;
	char *more;

	if (unswapped_begin(true) != UNSWAPPED_ALL)
		return 77;
	more = map(HUGE_MAP);
	if (more == MAP_FAILED)
		return 1;
	memset(more, 1, MIB);
	getrusage(RUSAGE_SELF, &use);
	return locked_kib() < 1024 || use.ru_maxrss > 512 * 1024;
}

/* Another gigabyte must be had where the limit is small. */
static int lock_some(void)
{
	const struct rlimit small = {8 * MIB, 8 * MIB};

	setrlimit(RLIMIT_MEMLOCK, &small);
	if (geteuid() == 0 && setuid(65534) < 0)
		return 77;
	if (unswapped_begin(false) == UNSWAPPED_ALL)
		return 1;
	return map(HUGE_MAP) == MAP_FAILED;
}

static void all_is_locked_where_no_limit_is(void **state)
{
	int status = HAS_SANITIZER ? 77 : run(lock_all);

	(void)state;
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

static void a_limit_fails_no_allocation(void **state)
{
	int status = run(lock_some);

	(void)state;
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

static void a_key_is_locked(void **state)
{
	char *key = map(4096);
	uint64_t before = locked_kib();

	(void)state;
	unswapped_keep(key, 32);
	if (locked_kib() == before)
		skip(); /* a limit of 0 */
	assert_int_equal(locked_kib() - before, 4);
	munmap(key, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_locked_where_no_limit_is),
		cmocka_unit_test(a_limit_fails_no_allocation),
		cmocka_unit_test(a_key_is_locked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
