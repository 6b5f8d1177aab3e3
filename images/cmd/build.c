/*
 * build - `keelson image build DEFINITION...`.
 *
 * Builds one image after the other and prints a line for each: name, digest,
 * seconds.  The first failure ends the run; images built before it are
 * complete.
 */
#include "images/assemble/image.h"
#include "images/cmd/commands.h"
#include "lib/base/clock.h"
#include "lib/base/version.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__x86_64__)
#define BUILD_NATIVE_ARCH "amd64"
#elif defined(__aarch64__)
#define BUILD_NATIVE_ARCH "arm64"
#else
#define BUILD_NATIVE_ARCH "" /* --arch is required */
#endif

/* The time of every file without SOURCE_DATE_EPOCH: 2026-01-01. */
#define BUILD_DEFAULT_TIME_S 1767225600
#define BUILD_LATEST_TIME_S  253402300799 /* end of the year 9999 */

#define BUILD_TAG_BYTES 128

static struct image_request build_request = {
	.at = {.skel = "rootfs/skel",
		.picks = "rootfs/pick",
		.packages = "build/work/packages",
		.programs = "build/bin"},
	.out = "dist",
	.version = KEELSON_VERSION,
	.arch = BUILD_NATIVE_ARCH,
	.registry = "localhost/keelson",
};

static const struct args_option build_options[] = {
	{.name = "out",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &build_request.out,
		.meta = "DIR",
		.help = "write the images to DIR"},
	{.name = "skel",
		.type = ARGS_TEXT,
		.value = &build_request.at.skel,
		.meta = "DIR",
		.help = "skeleton files"},
	{.name = "picks",
		.type = ARGS_TEXT,
		.value = &build_request.at.picks,
		.meta = "DIR",
		.help = "lists of what to take from packages"},
	{.name = "packages",
		.type = ARGS_TEXT,
		.value = &build_request.at.packages,
		.meta = "DIR",
		.help = "unpacked packages"},
	{.name = "programs",
		.type = ARGS_TEXT,
		.value = &build_request.at.programs,
		.meta = "DIR",
		.help = "static programs"},
	{.name = "release",
		.type = ARGS_TEXT,
		.value = &build_request.version,
		.meta = "TAG",
		.help = "version and tag of the images"},
	{.name = "registry",
		.type = ARGS_TEXT,
		.value = &build_request.registry,
		.meta = "NAME",
		.help = "prefix of an image's name after podman load"},
	{.name = "arch",
		.type = ARGS_TEXT,
		.value = &build_request.arch,
		.meta = "ARCH",
		.help = "architecture of the programs, amd64 or arm64"},
	{.name = "depfile",
		.type = ARGS_TEXT,
		.value = &build_request.depfile,
		.meta = "FILE",
		.help = "write a make rule that lists the files read"},
	{.name = NULL},
};

/* What image-spec annotations.md (ref.name) and docker accept as a tag. */
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
	return s.n > 0 && s.n <= BUILD_TAG_BYTES;
}

/* Go's names, as OCI uses them (image-index.md). */
static bool is_arch(struct str s)
{
	return str_is(s, "amd64") || str_is(s, "arm64");
}

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static int read_time(int64_t *time_s, struct err *e)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t value = BUILD_DEFAULT_TIME_S;

	if (text && str_u64(str_of(text), 0, BUILD_LATEST_TIME_S, &value) < 0)
		return err_kind(e, ERR_USAGE,
			"SOURCE_DATE_EPOCH=%s: not a number of seconds since "
			"1970",
			text);
	*time_s = (int64_t)value;
	return 0;
}

static int build_all(size_t n, const char *const *definitions, struct err *e)
{
	struct image_result result;
	uint64_t start_ns;

	if (!is_tag(str_of(build_request.version)))
		return err_kind(e, ERR_USAGE, "--release %s: not a tag",
			build_request.version);
	if (!is_arch(str_of(build_request.arch)))
		return err_kind(e, ERR_USAGE, "--arch %s: not amd64 or arm64",
			build_request.arch);
	if (read_time(&build_request.time_s, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		build_request.definition = definitions[i];
		start_ns = clock_monotonic_ns();
		if (image_build(&build_request, &result, e) < 0)
			return -1;
		printf("%s %s %.1f\n", result.name, result.digest,
			(double)(clock_monotonic_ns() - start_ns) / 1e9);
	}
	return 0;
}

static int build_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	return build_all(n, operands, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_build = {
	.name = "build",
	.operands = "DEFINITION...",
	.summary = "Build images from their definitions",
	.text = "Each images/NAME.yaml becomes NAME/ (an OCI image "
		"layout with the SBOM as a referrer), NAME.tar (for "
		"podman load and docker load) and NAME.spdx.json. "
		"Equal inputs give equal bytes: every file carries the "
		"time SOURCE_DATE_EPOCH.",
	.options = build_options,
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.run = build_run,
};
