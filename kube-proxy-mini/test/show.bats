# show.bats - what people use: --show, --dry-run, --cleanup; and mistakes.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
	server_start --watch-list
	kubeconfig
	service one 10.96.0.1
	slice one 10.1.0.1
}

teardown_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_stop
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
}

@test "--show says what a Service is in the kernel" {
	proxy_start
	wait_for knows one
	run -0 --separate-stderr $PROXY --show d/one
	[[ $output == *10.96.0.1:80/tcp*10.1.0.1:8080* ]]
	run -0 --separate-stderr $PROXY --show
	[[ $output == *d/one* ]]
	run -1 $PROXY --show d/none
	[[ $output == *d/none* ]]
	proxy_stop
	$PROXY --cleanup
}

@test "--show without a table says so" {
	run -1 $PROXY --show
	[[ $output == *'no table kube-proxy-mini'* ]]
	run -1 $PROXY --show --json d/one
	[[ $output == *'no table kube-proxy-mini'* ]]
}

@test "--dry-run prints the plan and touches nothing" {
	run -0 --separate-stderr $PROXY --kubeconfig $DIR/kubeconfig \
		--hostname-override n1 --dry-run
	[[ $output == *'services { 10.96.0.1 . tcp . 80'* ]]
	[ -z "$(nft list tables)" ]
}

@test "--init-only leaves nothing behind" {
	run -0 $PROXY --init-only
	[ -z "$(nft list tables)" ]
}

@test "--cleanup is content when there is nothing" {
	run -0 $PROXY --cleanup
	run -0 $PROXY --cleanup
}

@test "--cleanup-kube-proxy removes the tables of kube-proxy, not others" {
	nft add table ip kube-proxy
	nft add table ip6 kube-proxy
	nft add table ip mine
	run -0 $PROXY --cleanup-kube-proxy
	[ "$(nft list tables)" = 'table ip mine' ]
	nft delete table ip mine
}

@test "options of kube-proxy that mean nothing here are taken and named" {
	: >$DIR/log
	$PROXY --kubeconfig $DIR/kubeconfig --hostname-override n1 \
		--oom-score-adj=-998 --ipvs-scheduler rr --profiling \
		--iptables-sync-period 30s 2>>$DIR/log 3>&- &
	echo $! >$DIR/proxy.pid
	wait_for knows one
	said 'no effect here" option=oom-score-adj'
	said 'no effect here" option=ipvs-scheduler'
	said 'no effect here" option=profiling'
	fails said 'option=vmodule'
	proxy_stop
	$PROXY --cleanup
}

@test "mistakes on the command line are named, status 2" {
	run -2 $PROXY --kubeconfg x
	[[ $output == *'did you mean --kubeconfig'* ]]
	run -2 $PROXY --proxy-mode ipvs
	[[ $output == *'"ipvs" is not supported'* ]]
	run -2 $PROXY --cluster-cidr 10.0.0.0/33
	[[ $output == *--cluster-cidr* ]]
	run -2 $PROXY d/one
	[[ $output == *--show* ]]
	run -2 env -u KUBERNETES_SERVICE_HOST $PROXY
	[[ $output == *'not in a pod'* ]]
}

@test "a kubeconfig that cannot be obeyed is named by file, line and field" {
	sed 's/^  user:/&\n    exec: {command: x}/' $DIR/kubeconfig \
		>$DIR/bad-kubeconfig
	run -2 $PROXY --kubeconfig $DIR/bad-kubeconfig
	[[ $output == *"$DIR/bad-kubeconfig"*'line 14: exec: not supported'* ]]
	run -1 $PROXY --kubeconfig $DIR/none
	[[ $output == *"$DIR/none: No such file"* ]]
}

@test "--config: the file is obeyed, the command line wins" {
	cat >$DIR/config.yaml <<-EOF2
		apiVersion: kubeproxy.config.k8s.io/v1alpha1
		kind: KubeProxyConfiguration
		clientConnection: {kubeconfig: $DIR/kubeconfig}
		hostnameOverride: from-file
		clusterCIDR: 10.9.0.0/16
		featureGates: {Some: true}
		conntrack: {maxPerCore: 0, min: 0}
	EOF2
	: >$DIR/log
	$PROXY --config $DIR/config.yaml --hostname-override n1 \
		2>>$DIR/log 3>&- &
	echo $! >$DIR/proxy.pid
	wait_for knows one
	said 'no effect here" option=featureGates'
	said 'node=n1'
	curl -sS http://127.0.0.1:10249/configz | grep -F '10.9.0.0/16'
	proxy_stop
	$PROXY --cleanup
}

@test "--write-config-to writes the configuration, and ends" {
	run -0 $PROXY --config $DIR/config.yaml --bind-address 192.0.2.9 \
		--write-config-to $DIR/written.yaml
	grep -qx 'clusterCIDR: "10.9.0.0/16"' $DIR/written.yaml
	grep -qx 'bindAddress: "192.0.2.9"' $DIR/written.yaml
	grep -qx '  tcpCloseWaitTimeout: "1h0m0s"' $DIR/written.yaml
	[ -z "$(nft list tables)" ]
	run -0 $PROXY --config $DIR/written.yaml --write-config-to $DIR/again
	cmp $DIR/written.yaml $DIR/again
	run -1 $PROXY --write-config-to $DIR/none/written
	[[ $output == *"--write-config-to: $DIR/none/written"* ]]
}

@test "--config: mistakes are named by file, line and field" {
	sed 's|^clusterCIDR: .*|clusterCIDR: 10.9.0.0/99|' $DIR/config.yaml \
		>$DIR/bad.yaml
	run -2 $PROXY --config $DIR/bad.yaml
	[[ $output == *"$DIR/bad.yaml: line 5: clusterCIDR: "* ]]
}

@test "--config: a field that is not known is named, and costs nothing" {
	sed 's/clusterCIDR/clusterCDIR/' $DIR/config.yaml >$DIR/odd.yaml
	: >$DIR/log
	$PROXY --config $DIR/odd.yaml --hostname-override n1 \
		2>>$DIR/log 3>&- &
	echo $! >$DIR/proxy.pid
	wait_for knows one
	said 'option="clusterCDIR (line 5, not known)"'
	proxy_stop
	$PROXY --cleanup
}

@test "connection tracking is set as kube-proxy sets it" {
	proxy_start --conntrack-tcp-timeout-close-wait 77s \
		--conntrack-tcp-be-liberal
	wait_for knows one
	[ "$(sysctl -n net.netfilter.nf_conntrack_tcp_timeout_close_wait)" = 77 ]
	[ "$(sysctl -n net.netfilter.nf_conntrack_tcp_be_liberal)" = 1 ]
	proxy_stop
	$PROXY --cleanup
}
