# build.mk - third-party libraries and our own programs, all static.
#
#   make sources    fetch and verify every pinned file
#   make toolchain  build the recorder and the compiler wrapper
#   make libs       run every recipe that is not up to date, criu included
#   make programs   build our programs, strip them into build/bin/, inspect them
#
# PROGRAM=name builds one of our programs.  ARCHS="amd64 arm64" builds for these
# processors, by default for this machine's; what differs is in lib/arch.
# Everything is compiled for musl through the recorder, which writes
# build/evidence/NAME, NAME being the program or lib-base, lib-arc, lib-net; for
# another architecture than amd64 what is built is in build/ARCH/ instead of
# build/ (docs/decision/architectures.md).  CI=true makes warnings errors.
# TLS=bearssl makes the smaller BearSSL the TLS client, without TLS 1.3
# (docs/decision/tls-client.md).

JOBS ?= $(shell nproc)
PROGRAM ?=
TLS     ?= mbedtls

# ARCH is the one that this make builds for; the environment's, which kernel
# developers export, is not meant.
STATIC_NATIVE := $(shell unset ARCH; . static-build/lib/arch && echo $$ARCH)
STATIC_GIVEN  := $(if $(filter command,$(firstword $(origin ARCH))),$(ARCH))
ARCHS         ?= $(or $(STATIC_GIVEN),$(STATIC_NATIVE))
# What static-build/lib/arch says of this one, or of $2.
static-arch    = $(shell export ARCH=$(or $2,$(STATIC_ARCH)) && \
	. static-build/lib/arch && echo $$$1)
STATIC_ARCH   := $(or $(STATIC_GIVEN),$(STATIC_NATIVE))
STATIC_CPU    := $(call static-arch,CPU)
STATIC_CROSS  := $(call static-arch,CROSS)
# Where it is built.
B             := $(or $(call static-arch,BUILD),$(error ARCH=$(STATIC_ARCH): \
	one of amd64 arm64 riscv64))

STATIC_PROGRAMS := checkpoint-agent kube-proxy-mini pause keelson

# Libraries that each program may link besides libc; unused members stay out.
STATIC_TLS              := -lmbedtls -lmbedx509 -lmbedcrypto
STATIC_DOCUMENT         := -lyyjson -lyaml
LINKS_checkpoint-agent  := -larchive -lzstd -llzma -lz -lnghttp2 -lprotobuf-c \
	$(STATIC_TLS) -lbearssl $(STATIC_DOCUMENT)
LINKS_kube-proxy-mini   := -lz $(STATIC_TLS) -lbearssl $(STATIC_DOCUMENT)
LINKS_pause             :=
LINKS_keelson           := -larchive -lzstd -llzma -lz $(STATIC_TLS) -lbearssl \
	$(STATIC_DOCUMENT)

# The packages of which code is in each program, for its note; a test compares
# them with what the linker took.
LINKED_checkpoint-agent := libarchive libyaml libzstd $(TLS) musl nghttp2 \
	xz-utils yyjson zlib
LINKED_kube-proxy-mini  := libyaml $(TLS) musl yyjson zlib
LINKED_pause            := musl
LINKED_keelson          := $(sort bearssl $(TLS)) libarchive libyaml libzstd \
	musl xz-utils yyjson zlib

# ---- sources, by wildcard ---------------------------------------------------
# A program's sources are in its folder and in its rooms, without tests.
static-find = $(sort $(foreach f,$(wildcard $(foreach d,$1,$d/*.c $d/*/*.c)),\
	$(if $(findstring /test/,$f),,$f)))
SOURCES_checkpoint-agent := $(call static-find,checkpoint-agent)
SOURCES_kube-proxy-mini  := $(call static-find,kube-proxy-mini)
SOURCES_pause            := $(wildcard pause/pause.c)
SOURCES_keelson          := $(call static-find,images rootfs sbom) \
	$(filter-out static-build/record/main.c,\
	$(wildcard static-build/record/*.c)) \
	$(wildcard static-build/outside/*.c) static-build/confine/mode.c
SOURCES_lib-base         := $(wildcard lib/base/*.c)
SOURCES_lib-arc          := $(wildcard lib/arc/*.c)
SOURCES_lib-net          := $(wildcard lib/net/*.c)

# A program without a main() is not built.
static-has-main = $(if $1,$(shell grep -lw '^int main' $1))
STATIC_READY := $(foreach p,$(STATIC_PROGRAMS),\
	$(if $(call static-has-main,$(SOURCES_$p)),$p))
STATIC_WANTED := $(if $(PROGRAM),$(filter $(PROGRAM),$(STATIC_READY)),\
	$(STATIC_READY))
$(if $(filter-out $(STATIC_READY) criu,$(PROGRAM)),\
	$(error PROGRAM=$(PROGRAM): one of $(STATIC_READY) criu))

# ---- flags ------------------------------------------------------------------
static-flag = $(shell export ARCH=$(STATIC_ARCH) && \
	. static-build/lib/arch && . static-build/lib/flags && printf '%s ' $$$1)
STATIC_CFLAGS := $(call static-flag,WARN) $(if $(filter true,$(CI)),-Werror) \
	-Os -g $(call static-flag,HARD) -ffile-prefix-map=$(CURDIR)=. -I.
STATIC_LINK   := $(call static-flag,LINK)
STATIC_EPOCH  := $(call static-flag,SOURCE_DATE_EPOCH)

# The .note.package of program $1 (UAPI.8).  -Xlinker, not -Wl, because the text
# contains commas.
STATIC_VERSION := $(shell sed -n 's/.*KEELSON_VERSION "\(.*\)".*/\1/p' \
	lib/base/version.h)
static-note = -Xlinker '--package-metadata={"type":"generic",$\
	"name":"$1","version":"$(STATIC_VERSION)","architecture":"$(STATIC_CPU)",$\
	"purl":"pkg:generic/$1@$(STATIC_VERSION)","license":"Apache-2.0",$\
	$(shell awk -v packages='$(LINKED_$1)' -f static-build/lib/linked.awk \
	static-build/sources.lock)}'

# A clean environment with the recorder first on PATH; $1 is NAME.
static-env = env -i PATH=$(CURDIR)/$B/toolchain/bin:/usr/bin:/bin \
	LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=$(STATIC_EPOCH) \
	RECORD_DIR=$(CURDIR)/$B/evidence/$1 RECORD_ROOT=$(CURDIR) \
	RECORD_NAME=$1

STATIC_SAY = @$(if $(V),:,printf '  %-5s %s\n')

# ---- targets ----------------------------------------------------------------
.PHONY: sources toolchain libs libs-checked programs programs-only

sources:
	@OFFLINE=$(OFFLINE) static-build/needs $(ARCHS)
	@OFFLINE=$(OFFLINE) SOURCE_MIRROR='$(SOURCE_MIRROR)' static-build/fetch

toolchain:
	@for arch in $(ARCHS); do \
		ARCH=$$arch JOBS=$(JOBS) static-build/build --toolchain; done

libs:
	@for arch in $(ARCHS); do ARCH=$$arch static-build/unchanged || \
		$(MAKE) --no-print-directory ARCH=$$arch libs-checked; done

libs-checked: sources
	@$(if $(word 2,$(ARCHS)),echo "for $(STATIC_ARCH):",:)
	@ARCH=$(STATIC_ARCH) JOBS=$(JOBS) OFFLINE=$(OFFLINE) static-build/build
	@ARCH=$(STATIC_ARCH) static-build/unchanged --note

# keelson runs on this machine, whatever the programs are for.
STATIC_NEEDS_OWN := $(if $(filter $(STATIC_NATIVE),$(ARCHS)),,yes)

# The second make uses all processors even without -j, and does not check the
# recipes again.
programs: libs
	@$(if $(STATIC_NEEDS_OWN),$(MAKE) --no-print-directory \
		ARCHS=$(STATIC_NATIVE) ARCH=$(STATIC_NATIVE) PROGRAM=keelson \
		programs,:)
	@for arch in $(ARCHS); do $(MAKE) --no-print-directory \
		STATIC_LIBS_DONE=1 ARCH=$$arch \
		$(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) programs-only; \
	done

programs-only: $B/stamp/programs$(PROGRAM:%=-%).checked

# Again, too, when the host's tools or their packages have changed.
$B/stamp/programs$(PROGRAM:%=-%).checked: $(STATIC_WANTED:%=$B/bin/%) \
		static-build/lib/check-programs static-build/toolchain/list \
		$(wildcard $B/bin/criu $B/toolchain/id \
		$B/evidence/*/*.jsonl /var/lib/dpkg/status)
	@ARCH=$(STATIC_ARCH) static-build/lib/check-programs $(CURDIR) \
		$(STATIC_WANTED:%=$B/bin/%) $B/bin/criu
	@mkdir -p $(@D) && touch $@

# ---- objects ----------------------------------------------------------------
# Where run time grows with the input: compiled for speed, not size.
STATIC_FAST := $(addprefix $B/obj/,lib/base/json.o lib/base/json_out.o \
	lib/base/node.o lib/base/str.o lib/base/arena.o lib/base/buf.o \
	lib/net/jsonsplit.o lib/net/jsonskip.o lib/arc/sha1.o lib/arc/sha512.o)
$(STATIC_FAST): private STATIC_CFLAGS += -O2

# The library of our TLS clients is one object's choice.
STATIC_TLS_mbedtls := tls_mbed_client
STATIC_TLS_bearssl := tls_bear_client
STATIC_TLS_CLIENT  := $(or $(STATIC_TLS_$(TLS)),\
	$(error TLS=$(TLS): one of mbedtls bearssl))
$B/obj/lib/net/tls_client.o: $B/obj/tls-client
$B/obj/lib/net/tls_client.o: private STATIC_CFLAGS += \
	-DTLS_CLIENT=$(STATIC_TLS_CLIENT)

$B/obj/tls-client: FORCE
	@mkdir -p $(@D)
	@echo '$(STATIC_TLS_CLIENT)' | cmp -s - $@ || \
		echo '$(STATIC_TLS_CLIENT)' > $@

# Changes only when the flags do; objects depend on it.
$B/obj/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(STATIC_CFLAGS) $(STATIC_LINK) $(STATIC_FAST)' | \
		cmp -s - $@ || \
		echo '$(STATIC_CFLAGS) $(STATIC_LINK) $(STATIC_FAST)' > $@

# Objects of group $1: a program or a library of ours.
define static-group
OBJECTS_$1 := $(patsubst %.c,$B/obj/%.o,$(SOURCES_$1))
$$(OBJECTS_$1): $B/obj/%.o: %.c $B/obj/flags | \
		$(if $(STATIC_LIBS_DONE),,libs)
	$$(STATIC_SAY) CC $$<
	@mkdir -p $$(@D)
	@$$(call static-env,$1) musl-gcc $$(STATIC_CFLAGS) -MMD -MP -c $$< \
		-o $$@
-include $$(OBJECTS_$1:.o=.d)
endef

# Changes when the list of objects does, or what the note says; archives and
# programs depend on it, so that a source that was deleted leaves them.
define static-list
$B/obj/$1.list: FORCE
	@mkdir -p $$(@D)
	@echo '$$(OBJECTS_$1) $$(LINKED_$1)' | cmp -s - $$@ || \
		echo '$$(OBJECTS_$1) $$(LINKED_$1)' > $$@
endef

define static-library
$(call static-group,$1)
$(call static-list,$1)
$B/obj/$1.a: $$(OBJECTS_$1) $B/obj/$1.list
	$$(STATIC_SAY) AR $$@
	@rm -f $$@.new
	@$$(call static-env,$1) $(STATIC_CROSS)ar rcs $$@.new $$(OBJECTS_$1)
	@mv $$@.new $$@
endef

STATIC_OUR_LIBS := lib-net lib-arc lib-base

# The third-party archives that program $1 is linked with, once they are built.
static-libraries = $(wildcard $(patsubst -l%,$B/sysroot/lib/lib%.a,\
	-lc $(LINKS_$1)))

define static-program
$(call static-group,$1)
$(call static-list,$1)
$B/bin/debug/$1: $$(OBJECTS_$1) $B/obj/$1.list \
		$(STATIC_OUR_LIBS:%=$B/obj/%.a) $(call static-libraries,$1)
	$$(STATIC_SAY) LINK $$@
	@mkdir -p $$(@D)
	@$$(call static-env,$1) musl-gcc $$(STATIC_LINK) \
		$$(call static-note,$1) -o $$@.new \
		$$(OBJECTS_$1) -Wl,--start-group \
		$(STATIC_OUR_LIBS:%=$B/obj/%.a) $$(LINKS_$1) -Wl,--end-group
	@mv $$@.new $$@
$B/bin/$1: $B/bin/debug/$1
	@$$(call static-env,$1) $(STATIC_CROSS)strip -o $$@.new $$<
	@mv $$@.new $$@
endef

$(foreach l,$(STATIC_OUR_LIBS),$(eval $(call static-library,$l)))
$(foreach p,$(STATIC_PROGRAMS),$(eval $(call static-program,$p)))
