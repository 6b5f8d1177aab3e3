/*
 * `keelson image build DEFINITION...`: options in, one line an image out: its
 * name, its digest, the seconds it took.
 * Stops at the first image that fails; those before it are complete.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "images/command.h"
#include "images/image.h"
#include "lib/base/version.h"

#if defined(__x86_64__)
#define NATIVE_ARCH "amd64"
#elif defined(__aarch64__)
#define NATIVE_ARCH "arm64"
#else
#define NATIVE_ARCH "" /* --arch must say */
#endif

/* The one time of everything, when SOURCE_DATE_EPOCH says none: 2026-01-01. */
#define DEFAULT_TIME_S 1767225600
#define LATEST_TIME_S  253402300799 /* the last second of the year 9999 */

#define TAG_BYTES_MAX 128

static struct image_request request = {
	.at = {.skel = "rootfs/skel",
		.picks = "rootfs/pick",
		.packages = "build/work/packages",
		.programs = "build/bin"},
	.out = "dist",
	.version = KEELSON_VERSION,
	.arch = NATIVE_ARCH,
	.registry = "localhost/keelson",
};

const struct args_option build_options[] = {
	{.name = "out",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &request.out,
		.meta = "DIR",
		.help = "where the images go"},
	{.name = "skel",
		.type = ARGS_TEXT,
		.value = &request.at.skel,
		.meta = "DIR",
		.help = "the skeleton's files"},
	{.name = "picks",
		.type = ARGS_TEXT,
		.value = &request.at.picks,
		.meta = "DIR",
		.help = "what is picked from packages"},
	{.name = "packages",
		.type = ARGS_TEXT,
		.value = &request.at.packages,
		.meta = "DIR",
		.help = "unpacked packages"},
	{.name = "programs",
		.type = ARGS_TEXT,
		.value = &request.at.programs,
		.meta = "DIR",
		.help = "the static programs"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &request.version,
		.meta = "TAG",
		.help = "version and tag of the images"},
	{.name = "registry",
		.type = ARGS_TEXT,
		.value = &request.registry,
		.meta = "NAME",
		.help = "what stands in front of an image's name when loaded"},
	{.name = "arch",
		.type = ARGS_TEXT,
		.value = &request.arch,
		.meta = "ARCH",
		.help = "the programs' architecture, amd64 or arm64"},
	{.name = "depfile",
		.type = ARGS_TEXT,
		.value = &request.depfile,
		.meta = "FILE",
		.help = "write a make rule of the files that were read"},
	{.name = NULL},
};

/* image-spec annotations.md: what ref.name, and docker, take as a tag. */
static bool is_tag(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_word = (c >= 'a' && c <= 'z') ||
			       (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || c == '_';

		if (!is_word && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= TAG_BYTES_MAX;
}

/* Go's names, which OCI uses (image-index.md). */
static bool is_arch(struct str s)
{
	return str_is(s, "amd64") || str_is(s, "arm64");
}

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static int read_time(int64_t *time_s, struct err *e)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t value = DEFAULT_TIME_S;

	if (text && str_u64(str_of(text), 0, LATEST_TIME_S, &value) < 0)
		return err_kind(e, ERR_USAGE,
			"SOURCE_DATE_EPOCH \"%s\" is not a number of "
			"seconds",
			text);
	*time_s = (int64_t)value;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int build_all(size_t n, const char *const *definitions, struct err *e)
{
	struct image_result result;
	int64_t start_ms;

	if (!is_tag(str_of(request.version)))
		return err_kind(e, ERR_USAGE, "--release %s: not a tag",
			request.version);
	if (!is_arch(str_of(request.arch)))
		return err_kind(e, ERR_USAGE, "--arch %s: not amd64 or arm64",
			request.arch);
	if (read_time(&request.time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		request.definition = definitions[i];
		start_ms = now_ms();
		if (image_build(&request, &result, e) < 0)
			return -1;
		printf("%s %s %.1f\n", result.name, result.digest,
			(double)(now_ms() - start_ms) / 1000);
	}
	return 0;
}

int build_main(size_t n, const char *const *operands)
{
	struct err e = {0};

	if (build_all(n, operands, &e) == 0)
		return 0;
	fprintf(stderr, "keelson: %s\n", e.text);
	return err_exit(&e);
}
