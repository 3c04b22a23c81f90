using Overlay2.Cli;

return await CommandLine.RunAsync(args);
