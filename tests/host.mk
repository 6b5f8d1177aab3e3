# host.mk - our sources built by the host's own compilers, for the tests.
#
# Three flavours from one template, each in build/host/FLAVOUR/: gcc, asan
# (clang, address and undefined behaviour) and fuzz (asan with libFuzzer).
# Each room becomes one archive without its main(); a test links the archives
# that its room may include, so a forbidden call fails to link.
#
# What only the static build has (mbedTLS, nghttp2, protobuf-c) comes from
# build/sysroot.  Until `make images` has made it, sources that need it are
# left out and a test of theirs does not link.

HOST       := build/host
HOST_LIBS  := lib/base lib/arc lib/net
HOST_TOOLS := static-build rootfs sbom images
HOST_ROOMS := $(HOST_LIBS) $(HOST_TOOLS) checkpoint-agent kube-proxy-mini pause

# ---- flags ------------------------------------------------------------------
HOST_WARN := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
	-Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wundef \
	-Wnull-dereference -Wswitch-enum -Wcast-qual -Wwrite-strings \
	-Wpointer-arith -Wimplicit-fallthrough \
	$(if $(filter true,$(CI)),-Werror)
HOST_INCLUDE := -I. -isystem $(HOST)/yyjson/src -idirafter build/sysroot/include
HOST_SANITIZE := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer

HOST_CC_gcc     := gcc
HOST_FLAGS_gcc  := -Os -g -Wstack-usage=8192
HOST_LINK_gcc   :=
HOST_CC_asan    := clang
HOST_FLAGS_asan := $(HOST_SANITIZE)
HOST_LINK_asan  := -fsanitize=address,undefined
HOST_CC_fuzz    := clang
HOST_FLAGS_fuzz := $(HOST_SANITIZE) -fsanitize=fuzzer-no-link
HOST_LINK_fuzz  := -fsanitize=address,undefined,fuzzer

# ---- sources ----------------------------------------------------------------
HOST_ALL     := $(sort $(shell find $(wildcard $(HOST_ROOMS)) -name '*.c'))
HOST_TEST    := $(foreach f,$(HOST_ALL),$(if $(findstring /test/,$f),$f))
HOST_UNIT    := $(foreach f,$(HOST_TEST),$(if $(filter t_%,$(notdir $f)),$f))
HOST_FUZZ    := $(foreach f,$(HOST_TEST),$(if $(filter fuzz_%,$(notdir $f)),$f))
HOST_MAIN    := $(if $(HOST_ALL),$(shell grep -lw '^int main' $(HOST_ALL)))
HOST_FOREIGN := mbedtls psa nghttp2 protobuf-c zstd.h
HOST_ABSENT  := $(if $(HOST_ALL),$(shell for h in $(HOST_FOREIGN); do \
	[ -e build/sysroot/include/$$h ] || \
	grep -l "^\#include <$$h[/>]" $(HOST_ALL); done))
HOST_CODE    := $(filter-out $(HOST_UNIT) $(HOST_FUZZ) $(HOST_MAIN) \
	$(HOST_ABSENT),$(HOST_ALL))

# The room that a path lies in, and the archives a test of room $1 may use.
host-room   = $(firstword $(foreach r,$(HOST_ROOMS),$(if $(filter $r/%,$1),$r)))
host-allows = $(if $(filter lib/base,$1),lib/base,$(if $(filter lib/%,$1),\
	$1 lib/base,$(if $(filter $(HOST_TOOLS),$1),$(HOST_TOOLS),$1) $(HOST_LIBS)))
# The test programs of flavour $1, and those of a list that T= or CHOSEN= asks
# for.
HOST_CHOSEN := $(if $(CHOSEN),$(file <$(CHOSEN)))
host-tests  = $(patsubst %.c,$(HOST)/$1/%,$(HOST_UNIT))
host-chosen = $(if $(T),$(foreach f,$1,$(if $(findstring $(T),$f),$f)),\
	$(if $(CHOSEN),$(filter $(foreach v,gcc asan fuzz,$(patsubst \
	%.c,$(HOST)/$v/%,$(filter %.c,$(HOST_CHOSEN)))),$1),$1))

HOST_SYSROOT_LIBS = $(wildcard $(addprefix build/sysroot/lib/,libmbedtls.a \
	libmbedx509.a libmbedcrypto.a libnghttp2.a libprotobuf-c.a libzstd.a))
HOST_DEBIAN_LIBS := -lcmocka -lyaml -larchive -lbearssl -lz -lpthread

# ---- yyjson, which Debian has as source only; not ours, so no sanitizers ----
$(HOST)/yyjson/src/yyjson.c:
	@mkdir -p $(HOST)
	@[ -e "$$(echo build/sources/yyjson_*.orig.tar.xz)" ] || \
		static-build/fetch
	@rm -rf $(HOST)/yyjson.partial && mkdir $(HOST)/yyjson.partial
	@tar -xf build/sources/yyjson_*.orig.tar.xz --strip-components=1 \
		-C $(HOST)/yyjson.partial --no-same-owner -m
	@rm -rf $(HOST)/yyjson && mv $(HOST)/yyjson.partial $(HOST)/yyjson

# ---- one flavour ------------------------------------------------------------
# A file that changes only when its text does: what is built follows it.
define host-record
$(HOST)/$1/$2: FORCE
	@mkdir -p $$(@D); echo '$3' | cmp -s - $$@ || echo '$3' > $$@
endef

define host-flavour
$(call host-record,$1,flags,$(HOST_CC_$1) $(HOST_WARN) $(HOST_FLAGS_$1))
$(call host-record,$1,sources,$(HOST_CODE))

$(HOST)/$1/%.o: %.c $(HOST)/$1/flags | $(HOST)/yyjson/src/yyjson.c
	@mkdir -p $$(@D)
	@echo '  CC    $$< ($1)'
	@$(HOST_CC_$1) $(HOST_WARN) $(HOST_FLAGS_$1) $(HOST_INCLUDE) \
		-MMD -MP -c $$< -o $$@

$(HOST)/$1/yyjson.o: $(HOST)/yyjson/src/yyjson.c $(HOST)/$1/flags
	@$(HOST_CC_$1) -O1 -g -c $$< -o $$@
endef

# Room $2 of flavour $1 as an archive; its objects are made from HOST_CODE.  Two
# of them may have the same name (ar q, not r).
define host-archive
$(HOST)/$1/$2.a: $(patsubst %.c,$(HOST)/$1/%.o,$(filter $2/%,$(HOST_CODE))) \
		$(if $(filter lib/base,$2),$(HOST)/$1/yyjson.o) \
		$(HOST)/$1/sources
	@mkdir -p $$(@D); rm -f $$@
	@ar qcsD $$@ $$(filter %.o,$$^)
endef

# Test program $2 (a path without .c) of flavour $1.
define host-program
$(HOST)/$1/$2: $(HOST)/$1/$2.o \
		$(patsubst %,$(HOST)/$1/%.a,$(call host-allows,$(call host-room,$2)))
	@$(HOST_CC_$1) $(HOST_LINK_$1) -o $$@ $$< -Wl,--as-needed \
		-Wl,--start-group $$(filter %.a,$$^) $$(HOST_SYSROOT_LIBS) \
		-Wl,--end-group $(HOST_DEBIAN_LIBS) || { \
		[ -z '$(HOST_ABSENT)' ] || echo '$2: run make images first,' \
			'these wait for it: $(HOST_ABSENT)' >&2; exit 1; }
endef

.SECONDARY:

$(foreach v,gcc asan fuzz,$(eval $(call host-flavour,$v)))
$(foreach v,gcc asan fuzz,$(foreach r,$(HOST_ROOMS),\
	$(eval $(call host-archive,$v,$r))))
$(foreach v,gcc asan,$(foreach t,$(HOST_UNIT:.c=),\
	$(eval $(call host-program,$v,$t))))
$(foreach t,$(HOST_FUZZ:.c=),$(eval $(call host-program,fuzz,$t)))

-include $(foreach v,gcc asan fuzz,$(patsubst %.c,$(HOST)/$v/%.d,$(HOST_ALL)))
