// SPDX-License-Identifier: Apache-2.0
package io.poolchain.scheduler;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Method;
import com.sun.jdi.StackFrame;
import com.sun.jdi.StringReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@link HeldThread} in a JVM of its own, and holds there the thread that asks for it while all others go on. */
final class Debugger implements AutoCloseable {
    private final VirtualMachine vm;

    private ThreadReference held;

    private Debugger(VirtualMachine vm) {
        this.vm = vm;
    }

    static Debugger launch(String scenario) throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("home").setValue(System.getProperty("java.home"));
        arguments
                .get("options")
                .setValue("-ea -Dpoolchain.hang.seconds=" + TestPools.HANG_SECONDS + " -cp \""
                        + System.getProperty("java.class.path") + '"');
        arguments.get("main").setValue(HeldThread.class.getName() + ' ' + scenario);
        return new Debugger(connector.launch(arguments));
    }

    /** Runs it to its end; returns what it printed about a failure, or nothing. */
    String run() throws Exception {
        ClassPrepareRequest prepared = vm.eventRequestManager().createClassPrepareRequest();
        prepared.addClassFilter(HeldThread.class.getName());
        prepared.enable();
        while (true) {
            EventSet events = vm.eventQueue().remove(TimeUnit.SECONDS.toMillis(2 * TestPools.HANG_SECONDS));
            if (events == null) {
                return "nothing happens";
            }
            boolean goOn = true;
            for (Event event : events) {
                if (event instanceof VMDisconnectEvent) {
                    return failure();
                }
                goOn &= handle(event);
            }
            if (goOn) {
                events.resume();
            }
        }
    }

    /** Returns whether the thread that the event has stopped is to go on. */
    private boolean handle(Event event) throws Exception {
        if (event instanceof ClassPrepareEvent prepare) {
            ClassType type = (ClassType) prepare.referenceType();
            breakpoint(method(type, "holdMeIn")).enable();
            breakpoint(method(type, "releaseHeld")).enable();
            return true;
        }
        if (event instanceof BreakpointEvent reached) {
            String where = reached.location().method().name();
            return switch (where) {
                case "holdMeIn" -> prepareHold(reached.thread());
                case "releaseHeld" -> release();
                default -> !hold(reached);
            };
        }
        return true;
    }

    private boolean prepareHold(ThreadReference thread) throws IncompatibleThreadStateException {
        List<Value> arguments = thread.frame(0).getArgumentValues();
        BreakpointRequest request = breakpoint(method(type(text(arguments.get(0))), text(arguments.get(1))));
        request.putProperty("caller", text(arguments.get(2)));
        request.addThreadFilter(thread);
        request.enable(); // not before: it would stop any thread
        return true;
    }

    private boolean hold(BreakpointEvent reached) throws Exception {
        StackFrame caller = reached.thread().frame(1);
        if (!caller.location().method().name().equals(reached.request().getProperty("caller"))) {
            return false;
        }
        reached.request().disable();
        held = reached.thread();
        ClassType type = type(HeldThread.class.getName());
        type.setValue(type.fieldByName("held"), vm.mirrorOf(true));
        return true;
    }

    private boolean release() {
        held.resume();
        return true;
    }

    private ClassType type(String name) {
        return (ClassType) vm.classesByName(name).get(0);
    }

    private static Method method(ClassType type, String name) {
        return type.methodsByName(name).get(0);
    }

    private static String text(Value value) {
        return ((StringReference) value).value();
    }

    /** To be enabled. */
    private BreakpointRequest breakpoint(Method method) {
        BreakpointRequest request = vm.eventRequestManager().createBreakpointRequest(method.location());
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        return request;
    }

    private String failure() throws Exception {
        Process process = vm.process();
        process.waitFor();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.exitValue() == 0 ? "" : "exit value " + process.exitValue() + '\n' + errors;
    }

    @Override
    public void close() {
        try {
            vm.exit(1);
        } catch (VMDisconnectedException ended) {
            // as it should have
        }
    }
}
