package testserver_test
import ("testing";"fmt";"time";"postroom/internal/testserver")
func TestZZ(t *testing.T){
 for range 3 {
 t0:=time.Now()
 m:=testserver.StartDovecot(t,anna,ben); fmt.Println("start",time.Since(t0))
 t0=time.Now()
 m.Stop(t); fmt.Println("stop idle",time.Since(t0))
 t0=time.Now()
 m.Resume(t); fmt.Println("resume",time.Since(t0))
 m.Dial(t,anna)
 t0=time.Now()
 m.Stop(t); fmt.Println("stop session",time.Since(t0))
 m.Resume(t)
t0=time.Now()
 m2:=testserver.StartMail(t,anna,ben); fmt.Println("start mail",time.Since(t0)); fmt.Println(m2.Log(2))
 }
}
