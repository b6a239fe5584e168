// This program runs the controllers of cert-manager that a webhook's certificate needs, and its CA injector, in one
// process: issuers SelfSigned and CA, certificates, certificate requests. It has no webhook, no leader election, no ACME,
// Vault or Venafi. All code comes from the packages of the module; nothing is replaced.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	kubernetesscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	corev1 "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/util"

	// Each of these packages registers its controllers under a name.
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"

	// These packages register the kinds of issuers.
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

const workers = 2

func main() {
	// controller-runtime has put a --kubeconfig into the flags that all packages share, and a second one panics.
	flags := flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "the cluster, with the rights of an administrator")
	namespace := flags.String("cluster-resource-namespace", "cert-manager", "the namespace of the Secrets of ClusterIssuers")
	klog.InitFlags(flags)
	_ = flags.Parse(os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *namespace); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(interrupted context.Context, kubeconfig, clusterResourceNamespace string) error {
	ctx, cancel := context.WithCancelCause(interrupted)
	defer cancel(nil)
	// Without this the injector logs nothing.
	ctrl.SetLogger(klog.Background())

	var running sync.WaitGroup
	defer running.Wait()
	start := func(name string, part func() error) {
		running.Go(func() {
			if err := part(); err != nil {
				cancel(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	if err := startControllers(ctx, kubeconfig, clusterResourceNamespace, start); err != nil {
		return err
	}
	if err := startInjector(ctx, kubeconfig, start); err != nil {
		return err
	}
	klog.InfoS("all controllers are started")
	<-ctx.Done()
	if interrupted.Err() != nil {
		return nil
	}
	return context.Cause(ctx)
}

func startControllers(ctx context.Context, kubeconfig, namespace string, start func(string, func() error)) error {
	factory, err := controller.NewContextFactory(ctx, controller.ContextOptions{
		Kubeconfig:    kubeconfig,
		IssuerOptions: controller.IssuerOptions{ClusterResourceNamespace: namespace},
		CertificateOptions: controller.CertificateOptions{
			CopiedAnnotationPrefixes: []string{"*"},
			// The pause after a failed issuance. By default it is an hour, and tests must not wait for it.
			CertificateRequestMinimumBackoffDuration: 5 * time.Second,
			CertificateRequestMaximumBackoffDuration: time.Minute,
		},
	})
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	names := make([]string, 0)
	parts := make(map[string]controller.Interface)
	for name, construct := range controller.Known() {
		part, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		names = append(names, name)
		parts[name] = part
	}
	slices.Sort(names)
	// The controllers have said what they watch, so the watches can start.
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	for _, name := range names {
		klog.InfoS("starting", "controller", name)
		start(name, func() error { return parts[name].Run(workers, ctx) })
	}
	return nil
}

func startInjector(ctx context.Context, kubeconfig string, start func(string, func() error)) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	// The injector's field manager is the first part of its user agent. Without one the API server refuses each apply.
	config = util.RestConfigWithUserAgent(config, "cainjector")
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		kubernetesscheme.AddToScheme, certmanager.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		utilruntime.Must(add(scheme))
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme,
		Metrics: metricsserver.Options{BindAddress: "0"},
		// The injector watches only the metadata of Secrets, so it must read their data from the API server.
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
	})
	if err != nil {
		return err
	}
	err = cainjector.RegisterAllInjectors(ctx, manager, cainjector.SetupOptions{
		EnableCertificatesDataSource: true,
		EnabledReconcilersFor: map[string]bool{
			cainjector.MutatingWebhookConfigurationName:   true,
			cainjector.ValidatingWebhookConfigurationName: true,
			cainjector.APIServiceName:                     true,
			cainjector.CustomResourceDefinitionName:       true,
		},
	})
	if err != nil {
		return err
	}
	start("cainjector", func() error { return manager.Start(ctx) })
	return nil
}
