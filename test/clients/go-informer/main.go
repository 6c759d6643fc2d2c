// Shows what client-go's own machinery makes of an API server: what a shared informer says of the ConfigMaps of a namespace,
// one line an event, and who leads by a Lease.
//
//	go-informer watch NAMESPACE
//	go-informer lead NAMESPACE LEASE IDENTITY
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		fail(err)
	}
	config.ContentType = "application/json"
	switch os.Args[1] {
	case "watch":
		watch(ctx, config, os.Args[2])
	case "lead":
		lead(ctx, config, os.Args[2], os.Args[3], os.Args[4])
	default:
		fail(fmt.Errorf("unknown verb %q", os.Args[1]))
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// listing tells of every request that asks for everything there is.
type listing struct{ next http.RoundTripper }

func (l listing) RoundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	response, err := l.next.RoundTrip(request)
	if err == nil && (query.Get("watch") == "" || query.Get("sendInitialEvents") == "true") {
		fmt.Println("listed", response.StatusCode)
	}
	return response, err
}

func watch(ctx context.Context, config *rest.Config, namespace string) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return listing{next} })
	client := kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	colour := func(object any) string { return object.(*corev1.ConfigMap).Data["colour"] }
	name := func(object any) string { return object.(*corev1.ConfigMap).Name }
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { fmt.Println("added", name(object), colour(object)) },
		UpdateFunc: func(before, after any) {
			if colour(before) != colour(after) {
				fmt.Println("changed", name(after), colour(before), colour(after))
			}
		},
		DeleteFunc: func(object any) {
			// A deletion that fell into a gap is found out by what the next list lacks.
			if missed, ok := object.(cache.DeletedFinalStateUnknown); ok {
				fmt.Println("gone", name(missed.Obj))
				return
			}
			fmt.Println("deleted", name(object))
		},
	})
	if err != nil {
		fail(err)
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	fmt.Println("synced", len(informer.GetStore().List()))
	<-ctx.Done()
}

func lead(ctx context.Context, config *rest.Config, namespace, lease, identity string) {
	client := kubernetes.NewForConfigOrDie(config)
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: lease},
		Client:     client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock:            lock,
		ReleaseOnCancel: true,
		// So much longer than the deadline that a busy machine does not turn the two round.
		LeaseDuration:   8 * time.Second,
		RenewDeadline:   3 * time.Second,
		RetryPeriod:     500 * time.Millisecond,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { fmt.Println("leads", identity) },
			OnStoppedLeading: func() { fmt.Println("leads no more", identity) },
			OnNewLeader:      func(leader string) { fmt.Println("follows", leader) },
		},
	})
}
